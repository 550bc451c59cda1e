package io.lockstep.driver.coordinator;

import akka.actor.ExtendedActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.javadsl.Adapter;
import akka.serialization.SerializerWithStringManifest;
import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.Serializer;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import com.esotericsoftware.kryo.kryo5.serializers.RecordSerializer;
import com.esotericsoftware.kryo.kryo5.util.Pool;
import io.lockstep.common.checkpoint.ShardEntry;
import io.lockstep.common.optim.scale.ScaledStep;
import io.lockstep.common.tree.Scalars;
import io.lockstep.driver.server.shard.RoundSums;
import io.lockstep.driver.server.shard.StepReport;
import io.lockstep.worker.Fingerprint;
import io.lockstep.worker.StepTimes;
import io.lockstep.worker.StreamSums;
import io.lockstep.worker.link.ServerAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the messages of this package on Akka's wire, with Kryo 5. Only the classes listed here are
 * written or read, by their number in the list: a stranger's bytes cannot name a class, and a new
 * message goes to the end of the list.
 */
public final class KryoSerializer extends SerializerWithStringManifest {
  /** The serializer's number in Akka's configuration. */
  public static final int IDENTIFIER = 20_261;

  private static final int FIRST_ID = 16;

  /** Everything that a message holds; the order is the wire format. */
  static final List<Class<?>> CLASSES =
      List.of(
          ToCoordinator.Join.class,
          ToCoordinator.ServerReady.class,
          ToCoordinator.ServerFailed.class,
          ToCoordinator.ServerNotFinite.class,
          ToCoordinator.StepApplied.class,
          ToCoordinator.RoundReady.class,
          ToCoordinator.ShardSaved.class,
          ToCoordinator.ValidationSums.class,
          ToCoordinator.WorkerTimes.class,
          ToCoordinator.NotFinite.class,
          ToCoordinator.LinkLost.class,
          ToCoordinator.Finished.class,
          ToCoordinator.Hopeless.class,
          ToWorker.Begin.class,
          ToWorker.Validated.class,
          ToWorker.Stop.class,
          ToWorker.Refused.class,
          ToServers.Host.class,
          ToServers.Totals.class,
          ToServers.Close.class,
          Fingerprint.class,
          ServerAddress.class,
          ShardEntry.class,
          StepTimes.class,
          StreamSums.class,
          StepReport.class,
          ScaledStep.class,
          RoundSums.class,
          double[].class,
          double[][].class,
          Scalars.class,
          ToCoordinator.ProcessReady.class,
          ToServers.Heard.class);

  private final Pool<Kryo> kryos;

  /** Akka makes it. */
  public KryoSerializer(ExtendedActorSystem system) {
    this.kryos =
        new Pool<>(true, true) {
          @Override
          protected Kryo create() {
            return KryoSerializer.create(system);
          }
        };
  }

  private static Kryo create(ExtendedActorSystem system) {
    Kryo kryo = new Kryo();
    kryo.setRegistrationRequired(true);
    kryo.setReferences(false);
    ActorRefResolver resolver = ActorRefResolver.get(Adapter.toTyped(system));
    kryo.register(ActorRef.class, new ReferenceSerializer(resolver), FIRST_ID);
    kryo.register(List.class, new ListSerializer(), FIRST_ID + 1);
    for (int i = 0; i < CLASSES.size(); i++) {
      register(kryo, CLASSES.get(i), FIRST_ID + 2 + i);
    }
    return kryo;
  }

  /** A record's parts are written by their declared types, lists and references included. */
  private static <T> void register(Kryo kryo, Class<T> type, int id) {
    if (type.isRecord()) {
      RecordSerializer<T> serializer = new RecordSerializer<>(type);
      serializer.setFixedFieldTypes(true);
      kryo.register(type, serializer, id);
    } else {
      kryo.register(type, id);
    }
  }

  /** An actor by its address. */
  private static final class ReferenceSerializer extends Serializer<ActorRef<?>> {
    private final ActorRefResolver resolver;

    ReferenceSerializer(ActorRefResolver resolver) {
      super(false, true);
      this.resolver = resolver;
    }

    @Override
    public void write(Kryo kryo, Output output, ActorRef<?> reference) {
      output.writeString(resolver.toSerializationFormat(reference));
    }

    @Override
    public ActorRef<?> read(Kryo kryo, Input input, Class<? extends ActorRef<?>> type) {
      return resolver.resolveActorRef(input.readString());
    }
  }

  /** A list by its length and its elements with their classes; read back unmodifiable. */
  private static final class ListSerializer extends Serializer<List<?>> {
    ListSerializer() {
      super(false, true);
    }

    @Override
    public void write(Kryo kryo, Output output, List<?> list) {
      output.writeVarInt(list.size(), true);
      list.forEach(element -> kryo.writeClassAndObject(output, element));
    }

    @Override
    public List<?> read(Kryo kryo, Input input, Class<? extends List<?>> type) {
      int length = input.readVarInt(true);
      List<Object> list = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        list.add(kryo.readClassAndObject(input));
      }
      return List.copyOf(list);
    }
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    return "";
  }

  @Override
  public byte[] toBinary(Object message) {
    Kryo kryo = kryos.obtain();
    try (Output output = new Output(256, -1)) {
      kryo.writeClassAndObject(output, message);
      return output.toBytes();
    } finally {
      kryos.free(kryo);
    }
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) {
    Kryo kryo = kryos.obtain();
    try (Input input = new Input(bytes)) {
      return kryo.readClassAndObject(input);
    } finally {
      kryos.free(kryo);
    }
  }
}
