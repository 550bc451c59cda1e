package io.lockstep.driver.spark.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.lockstep.common.data.ExampleForm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a part of a file of JSON lines. Numbers are read from their text, so a row is the
 * same as in CSV; true is 1 and false is 0.
 */
final class JsonRows extends LineRows {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Map<String, JsonField> fields = new HashMap<>();
  private final LabelReader labels;
  private final String[] labelTexts;

  JsonRows(
      InputFile file,
      ExampleForm form,
      List<JsonField> fields,
      LabelReader labels,
      Configuration hadoop,
      long from,
      long to) {
    super(file, form, hadoop, from, to);
    fields.forEach(field -> this.fields.put(field.name(), field));
    this.labels = labels;
    this.labelTexts = new String[form.labels()];
  }

  @Override
  Parsed row(String line) {
    byte[] content = new byte[form.bytes()];
    Arrays.fill(labelTexts, "");
    try (JsonParser json = JSON.createParser(line)) {
      String refusal = object(json, content);
      return refusal == null ? new Parsed.Row(content) : bad(refusal);
    } catch (JsonProcessingException e) {
      return bad("a line must be one JSON object: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("a text cannot fail to be read", e);
    }
  }

  private @Nullable String object(JsonParser json, byte[] content) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      return "a line must be one JSON object, got '" + json.getText() + "'";
    }
    int found = 0;
    String refusal = null;
    while (refusal == null && json.nextToken() == JsonToken.FIELD_NAME) {
      JsonField field = fields.get(json.currentName());
      json.nextToken();
      if (field == null) {
        json.skipChildren();
      } else {
        found++;
        refusal = field(json, field, content);
      }
    }
    if (refusal != null) {
      return refusal;
    }
    if (found < fields.size()) {
      return "a line must have the fields "
          + String.join(", ", fields.keySet().stream().sorted().toList())
          + ", "
          + (fields.size() - found)
          + " of them "
          + (fields.size() - found == 1 ? "is" : "are")
          + " missing";
    }
    return json.nextToken() == null ? null : "a line must be one JSON object, got more behind it";
  }

  private @Nullable String field(JsonParser json, JsonField field, byte[] content)
      throws IOException {
    int read = 0;
    int depth = 0;
    do {
      JsonToken token = json.currentToken();
      if (token == JsonToken.START_ARRAY) {
        depth++;
      } else if (token == JsonToken.END_ARRAY) {
        depth--;
      } else if (read == field.width()) {
        read++;
        break;
      } else {
        String refusal = number(json, field, read++, content);
        if (refusal != null) {
          return refusal;
        }
      }
    } while (depth > 0 && json.nextToken() != null);
    return read == field.width()
        ? null
        : "field '"
            + field.name()
            + "' must hold "
            + (field.width() == 1 ? "1 number" : field.width() + " numbers")
            + ", as in the first line, got "
            + (read > field.width() ? "more" : read);
  }

  private @Nullable String number(JsonParser json, JsonField field, int i, byte[] content)
      throws IOException {
    JsonToken token = json.currentToken();
    String text =
        switch (token) {
          case VALUE_TRUE -> "1";
          case VALUE_FALSE -> "0";
          default -> json.getText();
        };
    boolean isNumber = token.isNumeric() || token.isBoolean();
    if (field.use() == JsonField.Use.LABEL) {
      boolean isLabel = isNumber || token == JsonToken.VALUE_STRING;
      labelTexts[field.offset() + i] = isLabel ? text : "";
      return label(content, field.offset() + i, " '" + field.name() + "'", labels);
    }
    float value = isNumber ? Numbers.parse(text) : Float.NaN;
    if (field.use() == JsonField.Use.WEIGHT) {
      if (!(value >= 0)) {
        return SourceKeys.weightRefusal(field.name(), text);
      }
      form.weight(content, Math.abs(value));
      return null;
    }
    if (Float.isNaN(value)) {
      return "field '"
          + field.name()
          + "'"
          + (field.width() > 1 ? ", number " + i + "," : "")
          + " must be a finite number, got '"
          + text
          + "'";
    }
    form.feature(content, field.offset() + i, value);
    return null;
  }

  @Override
  String labelText(int k) {
    return labelTexts[k];
  }
}
