package io.lockstep.deploy.bench;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The same gradients by DL4J's own layers. */
final class Dl4jEngine {
  private Dl4jEngine() {}

  static Side side(String model, int batch, double seconds) {
    MultiLayerNetwork network = model.equals("mlp") ? mlp() : lenet();
    INDArray features = Nd4j.rand(batch, 784);
    INDArray labels = Nd4j.zeros(batch, 10);
    for (int i = 0; i < batch; i++) {
      labels.putScalar(i, i % 10, 1);
    }
    network.setInput(features);
    network.setLabels(labels);
    return Repeated.perSecond(
        "DL4J",
        seconds,
        batch,
        Repeated.timed(
            () -> {
              network.setInput(features);
              network.setLabels(labels);
              network.computeGradientAndScore();
            }),
        network::close);
  }

  private static MultiLayerNetwork mlp() {
    return initialized(
        builder()
            .layer(new DenseLayer.Builder().nOut(512).activation(Activation.RELU).build())
            .layer(new DenseLayer.Builder().nOut(256).activation(Activation.RELU).build())
            .layer(output())
            .setInputType(InputType.feedForward(784)));
  }

  private static MultiLayerNetwork lenet() {
    return initialized(
        builder()
            .layer(convolution(20))
            .layer(pool())
            .layer(convolution(50))
            .layer(pool())
            .layer(new DenseLayer.Builder().nOut(500).activation(Activation.RELU).build())
            .layer(output())
            .setInputType(InputType.convolutionalFlat(28, 28, 1)));
  }

  private static NeuralNetConfiguration.ListBuilder builder() {
    return new NeuralNetConfiguration.Builder().seed(1).weightInit(WeightInit.RELU).list();
  }

  private static ConvolutionLayer convolution(int filters) {
    return new ConvolutionLayer.Builder(5, 5).nOut(filters).activation(Activation.RELU).build();
  }

  private static SubsamplingLayer pool() {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
        .kernelSize(2, 2)
        .stride(2, 2)
        .build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(10)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static MultiLayerNetwork initialized(NeuralNetConfiguration.ListBuilder layers) {
    MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
    network.init();
    return network;
  }
}
