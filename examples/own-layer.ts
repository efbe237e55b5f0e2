/** A layer of one's own, out = x · |x|, and the check that its gradient is right. */
import { checkNetwork, initialise, type PassOptions, Random, Sequential } from "leibniz";
import { type Tensor, TwoPassLayer } from "leibniz";
import { Affine } from "leibniz/backprop";
import { map, multiply } from "leibniz/tensor";

interface Cache {
  readonly size: Tensor;
}

class SignedSquare extends TwoPassLayer<Cache> {
  readonly kind = "signedSquare";

  override async compute(x: Tensor, _pass: PassOptions) {
    const size = map(x, Math.abs);
    return { out: multiply(x, size), cache: { size } };
  }

  /** d(x·|x|)/dx = 2·|x| on both sides of 0, so dX = dOut ⊙ 2·|x|. */
  override readonly differentiate = async (dOut: Tensor, { size }: Cache) => ({
    dX: multiply(dOut, multiply(size, 2)),
  });
}

const network = new Sequential({
  affine1: new Affine({ inFeatures: 4, outFeatures: 6 }, { dtype: "float64" }),
  square: new SignedSquare(),
  affine2: new Affine({ inFeatures: 6, outFeatures: 3 }, { dtype: "float64" }),
});
const random = new Random(0);
initialise(network, random);
const x = random.normal([5, 4], 0, 1, "float64");
for (const result of await checkNetwork(network, x, [0, 1, 2, 1, 0], { random })) {
  const { argument, verdict, maxRelativeError } = result;
  console.log(`${argument}: ${verdict}, relative error ${maxRelativeError.toExponential(0)}`);
}
