package io.lockstep.driver.spark;

import io.lockstep.driver.metrics.RunBoard;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.apache.spark.SparkContext;
import org.apache.spark.ui.JettyUtils;
import org.apache.spark.ui.SparkUI;
import org.apache.spark.ui.SparkUITab;
import org.apache.spark.ui.UIUtils$;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function0;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.xml.Node;
import scala.xml.Unparsed;
import scala.xml.Utility;

/**
 * The tab "Lockstep" of Spark's own pages: how the run stands now, because a job's name, which says
 * what the run is, is given once. It is made as Spark makes its tabs, by classes that Spark keeps
 * for itself; the type of a request is nowhere named, for it is another one before Spark 4.
 */
final class RunPage {
  private static final Logger LOG = LoggerFactory.getLogger(RunPage.class);
  private static final String PATH = "lockstep";
  private static final String FRAME = "headerSparkPage";
  private static final int REFRESH_SECONDS = 5;

  private final SparkUITab tab;
  private final RunBoard board;

  private RunPage(SparkUITab tab, RunBoard board) {
    this.tab = tab;
    this.board = board;
  }

  /** Adds the tab where Spark shows pages and has none yet; a Spark that cannot goes without. */
  static void attach(SparkContext context, RunBoard board) {
    if (context.ui().isEmpty()) {
      return;
    }
    SparkUI pages = context.ui().get();
    if (CollectionConverters.asJava(pages.getTabs()).stream()
        .anyMatch(each -> each.prefix().equals(PATH))) {
      return;
    }
    try {
      SparkUITab tab = new SparkUITab(pages, PATH) {};
      RunPage page = new RunPage(tab, board);
      pages.attachHandler(
          JettyUtils.createServletHandler(
              "/" + PATH,
              JettyUtils.htmlResponderToServlet(page::show),
              context.conf(),
              pages.basePath()));
      pages.attachTab(tab);
    } catch (LinkageError | RuntimeException e) {
      LOG.info("this Spark's pages take no tab for the run", e);
    }
  }

  /** In Spark's frame, whose parameters differ between versions, but those behind have defaults. */
  private Seq<Node> show(Object request) {
    Method frame =
        Arrays.stream(UIUtils$.class.getMethods())
            .filter(method -> method.getName().equals(FRAME))
            .findFirst()
            .orElseThrow();
    Object[] arguments = new Object[frame.getParameterCount()];
    Function0<Seq<Node>> content = () -> new Unparsed(html());
    Object[] given = {request, title(), content, tab};
    System.arraycopy(given, 0, arguments, 0, given.length);
    try {
      for (int i = given.length; i < arguments.length; i++) {
        Method otherwise = UIUtils$.class.getMethod(FRAME + "$default$" + (i + 1));
        arguments[i] = otherwise.invoke(UIUtils$.MODULE$);
      }
      @SuppressWarnings("unchecked") // what the method returns in every version
      Seq<Node> page = (Seq<Node>) frame.invoke(UIUtils$.MODULE$, arguments);
      return page;
    } catch (ReflectiveOperationException e) {
      LOG.info("this Spark's pages have another frame", e);
      return new Unparsed("<html><body>" + html() + "</body></html>");
    }
  }

  private String title() {
    String title = board.title();
    return title.isEmpty() ? "Lockstep" : title;
  }

  private String html() {
    StringBuilder html = new StringBuilder();
    if (board.isUnderWay()) {
      html.append("<meta http-equiv=\"refresh\" content=\"" + REFRESH_SECONDS + "\"/>");
    }
    if (board.totalSteps() > 0) {
      html.append("<p><progress class=\"w-50\" max=\"")
          .append(board.totalSteps())
          .append("\" value=\"")
          .append(board.done())
          .append("\"></progress></p>");
    }
    html.append("<table class=\"table table-bordered table-sm w-50\"><tbody>");
    for (RunBoard.Line line : board.lines()) {
      html.append("<tr><th scope=\"row\">")
          .append(Utility.escape(line.name()))
          .append("</th><td>")
          .append(Utility.escape(line.value()))
          .append("</td></tr>");
    }
    html.append("</tbody></table>");
    if (board.lines().isEmpty()) {
      html.append("<p>No run has begun in this process.</p>");
    }
    return html.toString();
  }
}
