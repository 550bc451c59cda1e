/**
 * Pages that draw what the engine offers: activations and losses with their derivatives, computed
 * by the engine itself in float64. Imports common, the engine's activations, losses, guides and
 * reference kernel, and reports. Read {@link io.lockstep.driver.catalogue.CataloguePage} first.
 */
@NullMarked
package io.lockstep.driver.catalogue;

import org.jspecify.annotations.NullMarked;
