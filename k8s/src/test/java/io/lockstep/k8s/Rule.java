package io.lockstep.k8s;

import java.util.List;

/** What holds of every overlay. Each is shown to find something by {@link BreakagesTest}. */
enum Rule {
  FIELDS("every field is known to its type, and of the type's form"),
  REQUIREMENTS("no required field is missing, no word is outside its list"),
  NAMES("what is referred to by name is there"),
  VOLUMES("every mount has its volume, every volume its mount"),
  SELECTORS("every selector chooses the pods that it is meant for"),
  PORTS("ports are those that the programs open"),
  NETWORK("the run's pods talk with each other, and with nobody else"),
  SECURITY("pods keep to the restricted profile on a read-only root"),
  SIZES("pods say what they request and where their limits are"),
  START("one way to start, and servers where the run expects them"),
  SETTINGS("Spark knows its settings"),
  SAMENESS("what is written twice is the same"),
  STORE("an object store is within reach of every pod, and no volume stands beside it"),
  DISRUPTIONS("a drained node takes one pod at a time");

  private final String sentence;

  Rule(String sentence) {
    this.sentence = sentence;
  }

  /** What it says. */
  String sentence() {
    return sentence;
  }

  /** Where the overlay breaks it: sentences that name the object; empty if nowhere. */
  List<String> findings(Overlay overlay) {
    return switch (this) {
      case FIELDS -> Fields.findings(overlay);
      case REQUIREMENTS -> Requirements.findings(overlay);
      case NAMES -> References.findings(overlay);
      case VOLUMES -> Volumes.findings(overlay);
      case SELECTORS -> Selectors.findings(overlay);
      case PORTS -> Ports.findings(overlay);
      case NETWORK -> NetworkRules.findings(overlay);
      case SECURITY -> Security.findings(overlay);
      case SIZES -> Sizes.findings(overlay);
      case START -> Start.findings(overlay);
      case SETTINGS -> SparkSettings.findings(overlay);
      case SAMENESS -> Sameness.findings(overlay);
      case STORE -> ObjectStore.findings(overlay);
      case DISRUPTIONS -> Disruptions.findings(overlay);
    };
  }
}
