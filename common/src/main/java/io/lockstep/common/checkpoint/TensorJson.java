package io.lockstep.common.checkpoint;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.lockstep.common.layout.Role;
import io.lockstep.common.layout.RunningMoments;
import io.lockstep.common.layout.TensorSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A tensor in a manifest: only running statistics have {@code moments}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonDeserialize(using = TensorJson.Reader.class)
interface TensorJson {
  /** Follows from the role. */
  @JsonIgnore
  boolean isStatistics();

  /** Every other property of a manifest must be there. */
  final class Reader extends StdDeserializer<TensorSpec> {
    private static final long serialVersionUID = 1;

    Reader() {
      super(TensorSpec.class);
    }

    @Override
    public TensorSpec deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      JsonNode tensor = context.readTree(parser);
      if (!tensor.hasNonNull("name") || !tensor.hasNonNull("shape") || !tensor.hasNonNull("role")) {
        throw MismatchedInputException.from(
            parser, TensorSpec.class, "a tensor must have a name, a shape and a role");
      }
      List<Integer> shape = new ArrayList<>();
      for (JsonNode extent : tensor.get("shape")) {
        shape.add(context.readTreeAsValue(extent, Integer.class));
      }
      return new TensorSpec(
          tensor.get("name").asText(),
          shape,
          context.readTreeAsValue(tensor.get("role"), Role.class),
          tensor.hasNonNull("moments")
              ? context.readTreeAsValue(tensor.get("moments"), RunningMoments.class)
              : null);
    }
  }
}
