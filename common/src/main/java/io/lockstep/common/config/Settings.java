package io.lockstep.common.config;

/** {@code --set key=value}. */
final class Settings {
  private static final Place PLACE = new Place("--set", 0);

  private Settings() {}

  /** The options with one setting put over them. */
  static Options apply(Options options, String setting) {
    int equals = setting.indexOf('=');
    if (equals < 1) {
      throw new ConfigurationException(
          "--set must be key=value, such as train.epochs=3, got '" + setting + "'");
    }
    String path = setting.substring(0, equals).trim();
    ConfigNode value = YamlReader.readValue(setting.substring(equals + 1), PLACE);
    Options set = options.with(path, value);
    return switch (path) {
      case "train.epochs" -> set.withoutIn("train", "steps");
      case "train.steps" -> set.withoutIn("train", "epochs");
      default -> set;
    };
  }
}
