package io.lockstep.driver.spark;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.lockstep.driver.coordinator.ToCoordinator;
import io.lockstep.driver.coordinator.ToWorker;

/** A task's ear: puts what the coordinator says where the task's thread finds it. */
final class TaskActor extends AbstractBehavior<ToWorker> {
  private final TaskControl control;

  private TaskActor(
      ActorContext<ToWorker> context, ActorRef<ToCoordinator> coordinator, TaskControl control) {
    super(context);
    this.control = control;
    context.watch(coordinator);
  }

  static Behavior<ToWorker> create(ActorRef<ToCoordinator> coordinator, TaskControl control) {
    return Behaviors.setup(context -> new TaskActor(context, coordinator, control));
  }

  @Override
  public Receive<ToWorker> createReceive() {
    return newReceiveBuilder()
        .onMessage(ToWorker.Begin.class, this::begin)
        .onMessage(ToWorker.Validated.class, this::validated)
        .onMessage(ToWorker.Stop.class, stop -> ended(stop.reason(), true))
        .onMessage(ToWorker.Refused.class, refused -> ended(refused.reason(), false))
        .onSignal(Terminated.class, gone -> ended("the coordinator is gone", false))
        .build();
  }

  private Behavior<ToWorker> begin(ToWorker.Begin begin) {
    control.begin(begin);
    return this;
  }

  private Behavior<ToWorker> validated(ToWorker.Validated validated) {
    control.arrived(validated);
    return this;
  }

  private Behavior<ToWorker> ended(String reason, boolean asDone) {
    if (asDone) {
      control.stop();
    } else {
      control.fail(reason);
    }
    return Behaviors.stopped();
  }
}
