package io.lockstep.driver.spark.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Registry;
import io.lockstep.common.data.DataException;
import io.lockstep.common.data.ExampleForm;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * JSON lines: one object a line, whose fields are what columns are elsewhere. A field holds a
 * number, or arrays of numbers within each other, taken in order; the first line says how many.
 */
final class JsonLinesSource implements Source {
  static final Registry.Entry<Source> ENTRY =
      new Registry.Entry<>(
          "jsonl",
          "JSON lines, one object a line: its fields are columns, of a number or of arrays of them,"
              + " also compressed.",
          List.of(
              SourceKeys.PATH,
              SourceKeys.LABEL,
              SourceKeys.WEIGHT,
              SourceKeys.FEATURES,
              SourceKeys.ON_BAD_ROW),
          JsonLinesSource::new);

  private final Options options;

  private JsonLinesSource(Options options) {
    this.options = options;
  }

  @Override
  public Table open(Reading reading) {
    List<InputFile> files = InputFile.find(options, SourceKeys.PATH, reading.hadoop());
    InputFile first = files.get(0);
    JsonNode object = firstObject(first, reading.hadoop());
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    Columns columns = Columns.choose(options, reading, names, first.shown());
    List<JsonField> fields = new ArrayList<>();
    int features = add(JsonField.Use.FEATURE, columns.featureNames(), object, fields);
    int labels = add(JsonField.Use.LABEL, columns.labelNames(), object, fields);
    if (columns.weight() >= 0) {
      String weight = columns.names().get(columns.weight());
      fields.add(new JsonField(JsonField.Use.WEIGHT, weight, 0, 1));
    }
    if (features == 0) {
      throw options.error("must have fields with numbers, got empty arrays in " + first.shown());
    }
    ExampleForm form = columns.form(features, labels);
    boolean text =
        labels > 0 && columns.labelNames().stream().allMatch(name -> isText(object.get(name)));
    return new LineTable(
        options,
        reading.hadoop(),
        files,
        (file, reader, hadoop, from, to) ->
            new JsonRows(file, form, fields, reader, hadoop, from, to),
        form,
        columns.featureNames(),
        text);
  }

  private static int add(
      JsonField.Use use, List<String> names, JsonNode object, List<JsonField> fields) {
    int offset = 0;
    for (String name : names) {
      int width = width(object.get(name));
      fields.add(new JsonField(use, name, offset, width));
      offset += width;
    }
    return offset;
  }

  private static int width(JsonNode value) {
    int width = value.isArray() ? 0 : 1;
    for (JsonNode element : value) {
      width += value.isArray() ? width(element) : 0;
    }
    return width;
  }

  private static boolean isText(JsonNode value) {
    boolean text = value.isTextual() || value.isArray();
    for (JsonNode element : value) {
      text &= isText(element);
    }
    return text;
  }

  private static JsonNode firstObject(InputFile file, Configuration hadoop) {
    long number = 0;
    try (InputStream in = file.open(hadoop);
        LineReader lines = new LineReader(in, 0)) {
      String line = lines.next();
      number++;
      while (line != null && line.isBlank()) {
        line = lines.next();
        number++;
      }
      JsonNode object = line == null ? null : new ObjectMapper().readTree(line);
      if (object == null || !object.isObject()) {
        throw new DataException(
            file.shown()
                + ":"
                + number
                + ": a line must be one JSON object, which says what fields"
                + " there are");
      }
      return object;
    } catch (JsonProcessingException e) {
      throw new DataException(
          file.shown()
              + ":"
              + number
              + ": a line must be one JSON object: "
              + e.getOriginalMessage(),
          e);
    } catch (IOException e) {
      throw new DataException(file.shown() + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
