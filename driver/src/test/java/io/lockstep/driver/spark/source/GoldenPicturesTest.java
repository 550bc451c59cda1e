package io.lockstep.driver.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures whose pixels are known; {@code golden/pictures/pictures.py} made them. */
final class GoldenPicturesTest {
  private static byte[] golden(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            GoldenPicturesTest.class.getResourceAsStream("/golden/pictures/" + name), name)) {
      return in.readAllBytes();
    }
  }

  private static int[] pixels(Picture picture) {
    int[] values = new int[picture.pixels().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = picture.pixels()[i] & 0xFF;
    }
    return values;
  }

  private static int[] numbers(String text) {
    return java.util.Arrays.stream(text.trim().split(" +", -1))
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "grey, 0 50 100 150 200 255",
    "grey-16, 0 50 100 150 200 255",
    "grey-4, 0 85 170 255 51 17",
    "grey-alpha, 0 50 100 150 200 255",
    "colour, 18 48 78 76 150 29",
    "colour-alpha, 18 48 78 76 150 29",
    "palette, 18 48 78 76 150 29"
  })
  void oneChannelIsGrey(String name, String expected) throws IOException {
    assertThat(pixels(Picture.read(golden(name + ".png"), 1))).containsExactly(numbers(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "grey, 0 50 100 150 200 255 0 50 100 150 200 255 0 50 100 150 200 255",
    "colour, 10 40 70 255 0 0 20 50 80 0 255 0 30 60 90 0 0 255",
    "colour-alpha, 10 40 70 255 0 0 20 50 80 0 255 0 30 60 90 0 0 255",
    "palette, 10 40 70 255 0 0 20 50 80 0 255 0 30 60 90 0 0 255"
  })
  void threeChannelsAreRedGreenAndBlue(String name, String expected) throws IOException {
    Picture picture = Picture.read(golden(name + ".png"), 3);
    assertThat(picture.height()).isEqualTo(2);
    assertThat(picture.width()).isEqualTo(3);
    assertThat(pixels(picture)).containsExactly(numbers(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "grey, 255 255 255 255 255 255",
    "grey-alpha, 9 99 0 255 1 128",
    "colour, 255 255 255 255 255 255",
    "colour-alpha, 7 8 9 1 2 3"
  })
  void theFourthIsOpacity(String name, String expected) throws IOException {
    int[] all = pixels(Picture.read(golden(name + ".png"), 4));
    assertThat(java.util.Arrays.copyOfRange(all, 18, 24)).containsExactly(numbers(expected));
  }

  /** JPEG has no pixels of its own: a grey area is near its grey, whatever the decoder. */
  @Test
  void jpegIsRead() throws IOException {
    BufferedImage image = new BufferedImage(16, 8, BufferedImage.TYPE_BYTE_GRAY);
    byte[] grey = new byte[128];
    java.util.Arrays.fill(grey, (byte) 100);
    image.getRaster().setDataElements(0, 0, 16, 8, grey);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageIO.write(image, "jpg", file);
    int[] read = pixels(Picture.read(file.toByteArray(), 3));
    assertThat(read).hasSize(3 * 128);
    assertThat(java.util.Arrays.stream(read).boxed())
        .allMatch(value -> value >= 98 && value <= 102);
  }

  @Test
  void whatIsNoImageIsRefused() throws IOException {
    assertThatThrownBy(() -> Picture.read(new byte[100], 3))
        .isInstanceOf(IOException.class)
        .hasMessage("an image must be PNG, JPEG, GIF, BMP, TIFF, is none of them");
    byte[] cut = java.util.Arrays.copyOf(golden("colour.png"), 50);
    assertThatThrownBy(() -> Picture.read(cut, 3)).isInstanceOf(IOException.class);
  }

  /** PyTorch computes in double here and is not rounded; a tie of ours may fall either way. */
  @Test
  void resizingIsPyTorchsBilinearFilterWithAntialias() throws IOException {
    JsonNode golden = new ObjectMapper().readTree(golden("resized.json"));
    byte[] pixels = new byte[golden.get("pixels").size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) golden.get("pixels").get(i).asInt();
    }
    Picture picture =
        new Picture(1, golden.get("height").asInt(), golden.get("width").asInt(), pixels);
    for (JsonNode one : golden.get("cases")) {
      Picture resized =
          picture.resized(one.get("size").get(0).asInt(), one.get("size").get(1).asInt());
      int[] values = pixels(resized);
      assertThat(values).hasSize(one.get("pixels").size());
      for (int i = 0; i < values.length; i++) {
        assertThat((double) values[i])
            .as("size %s, pixel %d", one.get("size"), i)
            .isCloseTo(
                one.get("pixels").get(i).asDouble(), org.assertj.core.data.Offset.offset(0.5001));
      }
    }
  }
}
