/**
 * Configuration as the user wrote it: keys with their type, default, range and meaning side by
 * side; options with the place of every value; registries of named things. Imports Jackson's YAML
 * parser and nothing else. Read {@link io.lockstep.common.config.Key} first, then {@link
 * io.lockstep.common.config.Options}.
 */
@NullMarked
package io.lockstep.common.config;

import org.jspecify.annotations.NullMarked;
