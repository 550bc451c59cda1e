package io.lockstep.driver.server.door;

import io.lockstep.common.config.ConfigurationException;
import io.lockstep.driver.storage.Location;
import io.lockstep.driver.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** What driver and server processes know, and nobody else. It is proved, never shown. */
public final class SharedSecret {
  /** The environment's name for it. */
  public static final String VARIABLE = "LOCKSTEP_SECRET";

  /** A secret that is shorter is found by trying. */
  private static final int LEAST_CHARACTERS = 16;

  private static final String ALGORITHM = "HmacSHA256";
  private static final String WAY_OUT = "make one, such as by: head -c 24 /dev/urandom | base64";

  private final SecretKeySpec key;

  private SharedSecret(String secret, String place) {
    if (secret.length() < LEAST_CHARACTERS) {
      throw new ConfigurationException(
          place
              + " must have at least "
              + LEAST_CHARACTERS
              + " characters, got "
              + secret.length()
              + "; "
              + WAY_OUT);
    }
    this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  /**
   * As the other form, with a file of this machine.
   *
   * @param file null for none
   */
  public static SharedSecret find(
      @Nullable Path file, String setting, Map<String, String> environment) {
    return find(file == null ? null : Location.of(file), Storage.here(), setting, environment);
  }

  /**
   * Finds the secret: in the file where one is named, else in the environment. White space around
   * it does not count.
   *
   * @param file null for none
   * @param storage by which the file is read
   * @param setting what names the file, for errors
   * @throws ConfigurationException where there is none, or one that is too short
   */
  public static SharedSecret find(
      @Nullable Location file, Storage storage, String setting, Map<String, String> environment) {
    if (file != null) {
      return new SharedSecret(
          read(file, storage, setting), "the secret in " + setting + " " + file);
    }
    String secret = environment.getOrDefault(VARIABLE, "").strip();
    if (secret.isEmpty()) {
      throw new ConfigurationException(
          "server processes need a secret that they share with the driver, got none: set "
              + VARIABLE
              + " in the environment, or "
              + setting
              + ", to the same for all of them; "
              + WAY_OUT);
    }
    return new SharedSecret(secret, VARIABLE);
  }

  private static String read(Location file, Storage storage, String setting) {
    try (InputStream in = storage.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new ConfigurationException(
          setting + " must be a file with the secret, cannot read " + file + ": " + e, e);
    }
  }

  /** The proof that whoever says these parts knows the secret. */
  byte[] proof(String who, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(who.getBytes(StandardCharsets.UTF_8));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  /** Whether a proof is right; takes as long for a wrong one. */
  boolean proves(byte[] given, String who, byte[]... parts) {
    return MessageDigest.isEqual(proof(who, parts), given);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "a shared secret";
  }
}
