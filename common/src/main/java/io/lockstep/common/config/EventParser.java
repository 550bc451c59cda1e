package io.lockstep.common.config;

import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.io.IOContext;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;

/**
 * Jackson's YAML parser, which also tells what lies in its last event and its tokens leave out:
 * whether a scalar was quoted, and the anchor of a scalar.
 */
final class EventParser extends YAMLParser {
  private EventParser(
      IOContext context,
      int parserFeatures,
      int yamlFeatures,
      LoaderOptions options,
      @Nullable ObjectCodec codec,
      Reader reader) {
    super(context, parserFeatures, yamlFeatures, options, codec, reader);
  }

  /** A parser over a text. */
  static EventParser of(String yaml) throws IOException {
    return (EventParser) new Factory().createParser((Reader) new java.io.StringReader(yaml));
  }

  /** Whether the present token is a scalar without quotes. */
  boolean isPlain() {
    return _lastEvent instanceof ScalarEvent scalar && scalar.isPlain();
  }

  /** The anchor of the present token; null where it has none. */
  @Nullable String anchor() {
    return _lastEvent instanceof NodeEvent node ? node.getAnchor() : null;
  }

  private static final class Factory extends YAMLFactory {
    private static final long serialVersionUID = 1L;

    @Override
    protected YAMLParser _createParser(Reader reader, IOContext context) {
      return new EventParser(
          context, _parserFeatures, _yamlParserFeatures, new LoaderOptions(), _objectCodec, reader);
    }
  }
}
