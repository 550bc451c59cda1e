package io.lockstep.worker.engine.check;

import java.util.List;

/**
 * A number that is a function of tensors, with the gradient that is to be checked. Belongs to one
 * thread.
 */
public interface Differentiable {
  /**
   * A tensor that the number is a function of.
   *
   * @param name for reports, such as {@code hidden1.W}
   * @param size number of elements
   */
  record Variable(String name, int size) {}

  /** The tensors. */
  List<Variable> variables();

  /** An element of a tensor. */
  double get(int variable, int element);

  /** Sets an element of a tensor. */
  void set(int variable, int element, double value);

  /** Computes the number. */
  Evaluation evaluate();

  /**
   * Computes the gradient that is to be checked, at the tensors' present values.
   *
   * @return a row for each tensor
   */
  double[][] gradient();

  /**
   * The number, and on which smooth piece of the function it lies: two evaluations with the same
   * piece have no kink between them that the function knows of.
   *
   * @param value the number
   * @param piece changes with the sign of a rectifier's input, with the winner of a maximum, ...
   */
  record Evaluation(double value, long piece) {}
}
