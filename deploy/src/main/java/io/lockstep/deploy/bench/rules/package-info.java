/**
 * {@code deploy/bench rules}: the time and the memory traffic of an update by every rule. {@link
 * io.lockstep.deploy.bench.rules.RuleWork} lists what is measured, {@link
 * io.lockstep.deploy.bench.rules.RuleUpdate} and {@link io.lockstep.deploy.bench.rules.PlainPass}
 * are the two sides, {@link io.lockstep.deploy.bench.rules.RuleBenchmark} hands them to JMH. May
 * import {@code common}.
 */
@NullMarked
package io.lockstep.deploy.bench.rules;

import org.jspecify.annotations.NullMarked;
