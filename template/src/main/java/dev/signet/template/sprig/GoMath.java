package dev.signet.template.sprig;

/** Powers of ten by repeated squaring, which is how Go's math.Pow gets its last bit. */
final class GoMath {
  private GoMath() {}

  static double powerOfTen(long exponent) {
    if (exponent > 400) {
      return Double.POSITIVE_INFINITY;
    }
    if (exponent < -400) {
      return 0;
    }
    double result = 1;
    int resultExponent = 0;
    double square = 0.625;
    int squareExponent = 4;
    for (long rest = Math.abs(exponent); rest != 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        result *= square;
        resultExponent += squareExponent;
      }
      square *= square;
      squareExponent *= 2;
      if (square < 0.5) {
        square += square;
        squareExponent--;
      }
    }
    return exponent < 0
        ? Math.scalb(1 / result, -resultExponent)
        : Math.scalb(result, resultExponent);
  }
}
