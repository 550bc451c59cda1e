package io.lockstep.worker.engine;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.common.config.Key;
import io.lockstep.common.config.LabelsSection;
import io.lockstep.common.config.Names;
import io.lockstep.common.config.Options;
import io.lockstep.common.config.Range;
import io.lockstep.common.config.Registry;
import io.lockstep.worker.engine.graph.Graph;
import io.lockstep.worker.engine.kernel.Shape;
import io.lockstep.worker.engine.loss.Loss;
import io.lockstep.worker.engine.loss.Losses;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What training makes small. One loss, or the sum over several of weight times loss: then every
 * example counts with its own weight, the step's sum is divided by the sum of those, and what a
 * loss sums over the positions of a sequence or an image it counts as their mean. Losses take their
 * runs of the labels one after another, those of one output the same. Immutable, thread-safe; holds
 * no memory.
 */
public final class Objective {
  /** The type that stands for several losses. */
  public static final String SUM = "sum";

  /** The losses of a sum. */
  public static final Key<List<Options>> TERMS =
      Key.sections("terms", "the losses, each with its type and the keys below").required();

  /** The layer whose output is taken. */
  public static final Key<String> OUTPUT =
      Key.text("output", "", "the layer whose output it takes; the last one without it");

  /** What the output is compared with. */
  public static final Key<Object> TARGET =
      Key.any(
          "target",
          "what the output is compared with, instead of the labels: a layer or an input of the"
              + " model, into which no gradient flows, or a number");

  /** What the loss is multiplied by. */
  public static final Key<Double> WEIGHT =
      Key.number("weight", 1, Range.FINITE, "what the loss is multiplied by");

  /** The keys of every loss besides its own. */
  public static final List<Key<?>> KEYS = List.of(OUTPUT, TARGET, WEIGHT);

  private final List<Term> terms;
  private final int labelWidth;

  /** The term whose output users see. */
  private final int shown;

  private Objective(List<Term> terms, int labelWidth, int shown) {
    this.terms = List.copyOf(terms);
    this.labelWidth = labelWidth;
    this.shown = shown;
  }

  /**
   * The objective of a configuration.
   *
   * @param loss the section {@code loss}
   * @param labels what labels mean
   * @throws ConfigurationException for an unknown loss, layer or setting, and for outputs that do
   *     not fit the loss, its target or the labels
   */
  public static Objective of(Graph graph, Options loss, LabelsSection labels) {
    List<Options> sections = sections(loss);
    List<Term> terms = new ArrayList<>();
    int offset = 0;
    for (Options section : sections) {
      Loss made = Losses.REGISTRY.create(section, KEYS.toArray(Key<?>[]::new));
      Term term = term(graph, section, made, labels, offset);
      if (term.target() instanceof Target.Labels own) {
        Target.Labels same = labelsOf(term.node(), own.given(), terms);
        offset += same == null ? own.given() : 0;
        term = same == null ? term : term.with(same);
      }
      terms.add(term);
    }
    return new Objective(terms, offset, 0);
  }

  /** The labels that a loss of the same output takes already. */
  private static Target.@Nullable Labels labelsOf(int node, int given, List<Term> terms) {
    for (Term term : terms) {
      if (term.node() == node
          && term.target() instanceof Target.Labels labels
          && labels.given() == given) {
        return labels;
      }
    }
    return null;
  }

  /** The objective of one loss of the last layer's output, whose labels come as the loss takes. */
  public static Objective of(Graph graph, Loss loss) {
    int wanted = loss.labelWidth(graph.output());
    return new Objective(
        List.of(
            new Term(
                graph.names().get(graph.last()),
                loss,
                graph.last(),
                graph.output(),
                new Target.Labels(0, wanted),
                wanted,
                1)),
        wanted,
        0);
  }

  /** The section with the defaults of the losses that it names filled in. */
  public static Options resolve(Options loss) {
    if (!isSum(loss)) {
      return Losses.REGISTRY.resolve(loss);
    }
    return loss.with(TERMS, loss.get(TERMS).stream().map(Losses.REGISTRY::resolve).toList());
  }

  /** The sections of the losses: of one alone, or of the terms of a sum. */
  public static List<Options> sections(Options loss) {
    if (!isSum(loss)) {
      return List.of(loss);
    }
    loss.allowOnly(List.of(Registry.TYPE, TERMS));
    if (loss.get(TERMS).isEmpty()) {
      throw loss.error(TERMS, "must have at least one loss");
    }
    return loss.get(TERMS);
  }

  private static boolean isSum(Options loss) {
    return loss.get(Registry.TYPE).equals(SUM);
  }

  private static Term term(
      Graph graph, Options section, Loss loss, LabelsSection labels, int offset) {
    int node =
        section.has(OUTPUT) ? find(graph, section, OUTPUT, section.get(OUTPUT)) : graph.last();
    Shape shape = graph.shape(node);
    int wanted = loss.labelWidth(shape);
    String name = node < 0 ? section.get(OUTPUT) : graph.names().get(node);
    return new Term(
        name,
        loss,
        node,
        shape,
        section.has(TARGET)
            ? target(graph, section, shape, wanted)
            : labels(section, shape, wanted, labels, offset),
        wanted,
        section.get(WEIGHT));
  }

  private static int find(Graph graph, Options section, Key<?> key, String name) {
    Integer node = graph.find(name);
    if (node == null) {
      throw section.error(
          key,
          "must name a layer"
              + Names.nearest(name, graph.names())
                  .map(near -> ", did you mean '" + near + "'?")
                  .orElse("; known: " + String.join(", ", graph.names())));
    }
    return node;
  }

  private static Target target(Graph graph, Options section, Shape shape, int wanted) {
    Object written = section.find(TARGET);
    if (written instanceof Number number && Double.isFinite(number.doubleValue())) {
      return new Target.Value(number.doubleValue());
    }
    int node = find(graph, section, TARGET, String.valueOf(written));
    if (!graph.shape(node).equals(shape) || wanted != shape.size()) {
      throw section.error(
          TARGET,
          "must put out what the loss takes, "
              + (wanted == shape.size() ? shape : wanted + " numbers")
              + ", not "
              + graph.shape(node));
    }
    return new Target.Output(node);
  }

  private static Target labels(
      Options section, Shape shape, int wanted, LabelsSection labels, int offset) {
    if (labels.none() && wanted > 0) {
      throw section.error(
          "takes "
              + wanted
              + (wanted == 1 ? " label" : " labels")
              + " of an example, but data.labels says none: true; say classes: number or"
              + " regression: true there, and where a source has its labels; or give the loss a"
              + " target");
    }
    if (!labels.classified() || wanted == 0) {
      return new Target.Labels(offset, wanted);
    }
    boolean rows = wanted == shape.size() && shape.channels() == labels.classes();
    return new Target.Labels(offset, rows ? shape.positions() : wanted);
  }

  /**
   * The same objective with the losses' forms that take the inputs of the last activations.
   *
   * @param graph without those activations
   * @param fused for each term its loss
   */
  public Objective withLosses(Graph graph, List<Loss> fused) {
    return new Objective(
        IntStream.range(0, terms.size())
            .mapToObj(
                i -> {
                  Term t = terms.get(i);
                  return new Term(
                      t.name(),
                      fused.get(i),
                      t.node(),
                      graph.shape(t.node()),
                      t.target(),
                      t.wanted(),
                      t.weight());
                })
            .toList(),
        labelWidth,
        shown);
  }

  /**
   * The same objective, of which users see another output.
   *
   * @param layer whose output a loss takes
   * @throws ConfigurationException where none does
   */
  public Objective showing(String layer) {
    List<String> names = terms.stream().map(Term::name).distinct().toList();
    if (!names.contains(layer)) {
      throw new ConfigurationException(
          "a layer must be one whose output a loss takes, got '"
              + layer
              + "'; known: "
              + String.join(", ", names));
    }
    int other = terms.stream().map(Term::name).toList().indexOf(layer);
    return new Objective(terms, labelWidth, other);
  }

  /** Whether the output that users see is compared with the labels. */
  public boolean showsLabels() {
    return shown().target() instanceof Target.Labels;
  }

  /** The nodes whose outputs the losses take, in order; below 0 for an input. */
  public List<Integer> ends() {
    return terms.stream().map(Term::node).toList();
  }

  /** The nodes that losses look at: whose outputs they take, and their targets. */
  public List<Integer> seen() {
    List<Integer> seen = new ArrayList<>(ends());
    for (Term term : terms) {
      if (term.target() instanceof Target.Output output) {
        seen.add(output.node());
      }
    }
    return seen;
  }

  /** The losses, in order. */
  public List<Loss> losses() {
    return terms.stream().map(Term::loss).toList();
  }

  /** Numbers of label that an example has. */
  public int labelWidth() {
    return labelWidth;
  }

  /** The shape of the output that users see of the network: what the first loss takes. */
  public Shape output() {
    return shown().shape();
  }

  Term shown() {
    return terms.get(shown);
  }

  /**
   * Writes labels that the losses take, for whoever computes them without data.
   *
   * @param example its number; neighbours have other labels
   * @param labels receives them in {@code [at, at + labelWidth())}
   */
  public void sample(int example, float[] labels, int at) {
    for (Term term : terms) {
      if (term.target() instanceof Target.Labels run) {
        float[] wanted = new float[term.wanted()];
        term.loss().sample(term.shape(), example, wanted, 0);
        TargetRows.give(term, run, wanted, labels, at + run.offset());
      }
    }
  }

  List<Term> terms() {
    return terms;
  }

  boolean isOfSeveral() {
    return terms.size() > 1;
  }
}
