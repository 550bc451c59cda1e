/**
 * Checks of the manifests in {@code k8s/}: each overlay is built as kustomize builds it, Spark's
 * own code is asked for the pods that it would make of it, and every rule of {@link
 * io.lockstep.k8s.Rule} is applied to all of them. Read {@link io.lockstep.k8s.Rule} first, then
 * {@link io.lockstep.k8s.BreakagesTest}, which breaks a manifest for every rule.
 *
 * <p>May import all of Lockstep, fabric8's Kubernetes model and Spark's Kubernetes module.
 */
@NullMarked
package io.lockstep.k8s;

import org.jspecify.annotations.NullMarked;
