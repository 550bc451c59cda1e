package io.lockstep.driver;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.random.Purpose;
import io.lockstep.common.random.RandomStream;
import io.lockstep.common.tokenizer.Tokenizer;
import io.lockstep.common.tokenizer.UnknownCharacterException;
import java.util.Arrays;
import java.util.List;

/**
 * Writes text with a model that was trained on text: the token behind the ones so far, again and
 * again. The model sees as many of the last tokens as an example has; where there are fewer, zeros
 * follow them, which a model that looks ahead (one whose attention is not causal) takes for tokens.
 */
public final class TextGenerator {
  private final TrainedModel model;
  private final Tokenizer tokenizer;
  private final int length;
  private final int classes;

  /**
   * A generator on a model.
   *
   * @param model stays open as long
   * @throws ConfigurationException where it was not trained on text, or does not put out a number a
   *     token for each position
   */
  public TextGenerator(TrainedModel model) {
    Tokenizer trained = model.data().tokenizer();
    if (trained == null) {
      throw new ConfigurationException(
          "the run must have been trained on text (data.train: {format: text}), was not");
    }
    this.model = model;
    this.tokenizer = trained;
    this.length = model.data().form().features();
    List<Integer> shape = model.outputShape();
    if (shape.size() != 2 || shape.get(0) != length || shape.get(1) < tokenizer.size()) {
      throw new ConfigurationException(
          "the model must put out ["
              + length
              + ", "
              + tokenizer.size()
              + "], a number a token for each position, puts out "
              + shape);
    }
    this.classes = shape.get(1);
  }

  /**
   * Goes on with a text.
   *
   * @param prompt at least one token long
   * @param tokens how many to add
   * @param temperature above 0: p^(1 / temperature), normalised, is drawn from; 0 takes the most
   *     probable token, the first of equals
   * @param seed of the draws
   * @return the prompt and what follows
   */
  public String goOn(String prompt, int tokens, double temperature, long seed) {
    int[] text = encode(prompt);
    if (text.length == 0) {
      throw new ConfigurationException("the prompt must have at least one character, got none");
    }
    int written = text.length;
    text = Arrays.copyOf(text, Math.addExact(written, tokens));
    float[] outputs = new float[length * classes];
    float[] window = new float[length];
    for (int t = 0; t < tokens; t++) {
      int seen = Math.min(written, length);
      Arrays.fill(window, 0);
      for (int i = 0; i < seen; i++) {
        window[i] = text[written - seen + i];
      }
      model.predict(window, outputs);
      double drawn = RandomStream.of(seed, Purpose.SAMPLE, 0, t, 0).unit(0);
      text[written++] = choose(outputs, (seen - 1) * classes, temperature, drawn);
    }
    return tokenizer.decode(text);
  }

  private int[] encode(String prompt) {
    try {
      return tokenizer.encode(prompt);
    } catch (UnknownCharacterException e) {
      throw new ConfigurationException("the prompt: " + e.getMessage(), e);
    }
  }

  /** The token whose share of [0, 1) holds the number drawn. */
  private int choose(float[] p, int from, double temperature, double drawn) {
    int most = 0;
    for (int k = 1; k < tokenizer.size(); k++) {
      most = p[from + k] > p[from + most] ? k : most;
    }
    if (temperature == 0) {
      return most;
    }
    double[] upTo = new double[tokenizer.size()];
    double sum = 0;
    for (int k = 0; k < upTo.length; k++) {
      sum += StrictMath.pow((double) p[from + k] / p[from + most], 1 / temperature);
      upTo[k] = sum;
    }
    int token = 0;
    while (token < upTo.length - 1 && drawn * sum >= upTo[token]) {
      token++;
    }
    return token;
  }
}
