package io.lockstep.driver.cli;

import io.lockstep.worker.engine.guide.Described;
import java.io.PrintWriter;
import java.util.List;

/** Prints what activations and losses say of themselves. */
final class GuideText {
  private GuideText() {}

  /** A paragraph for each. */
  static void printAll(List<? extends Described<?>> all, PrintWriter out) {
    for (Described<?> each : all) {
      out.println(each.name() + ": " + each.entry().summary());
      String label = "formula";
      for (String line : each.guide().formula().strip().split("\n", -1)) {
        Paragraphs.print(label, line, out);
        label = "";
      }
      printGuide(each, out);
    }
  }

  /** One with its keys. */
  static void print(Described<?> each, PrintWriter out) {
    out.println(each.name() + ": " + each.entry().summary());
    out.println("\n# formula");
    out.println(each.guide().formula().strip());
    out.println("\n# keys");
    if (each.entry().keys().isEmpty()) {
      out.println("none");
    } else {
      KeyTable.print(each.entry().keys(), out);
    }
    out.println("\n# guide");
    printGuide(each, out);
  }

  private static void printGuide(Described<?> each, PrintWriter out) {
    Paragraphs.print("range", each.guide().range(), out);
    Paragraphs.print("for", each.guide().purpose(), out);
  }
}
