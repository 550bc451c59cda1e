package io.lockstep.deploy.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/** The image's Java has only the modules that {@code deploy/image/build} names. */
class ModulesTest {
  private static final Pattern NAMED = Pattern.compile("(?m)^modules=(.*)$");

  @Test
  void theImagesJavaHasEveryModuleThatLockstepUses() throws IOException {
    Matcher named = NAMED.matcher(Files.readString(Path.of("image/build")));
    assertThat(named.find()).isTrue();
    Set<String> there = new TreeSet<>();
    List.of(named.group(1).split(",", -1)).forEach(module -> add(module, there));
    assertThat(there).contains("java.base");
    assertThat(there).containsAll(used());
  }

  private static void add(String module, Set<String> modules) {
    if (modules.add(module)) {
      ModuleFinder.ofSystem().find(module).orElseThrow().descriptor().requires().stream()
          .map(ModuleDescriptor.Requires::name)
          .forEach(required -> add(required, modules));
    }
  }

  private static List<String> used() {
    StringWriter out = new StringWriter();
    int code =
        ToolProvider.findFirst("jdeps")
            .orElseThrow()
            .run(
                new PrintWriter(out),
                new PrintWriter(out),
                "--ignore-missing-deps",
                "--print-module-deps",
                "--multi-release",
                "17",
                "../common/target/classes",
                "../worker/target/classes",
                "../driver/target/classes");
    assertThat(code).as(out.toString()).isZero();
    return List.of(out.toString().strip().split(",", -1));
  }
}
