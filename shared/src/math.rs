//! The only door to floating-point functions.
//!
//! `f64::ln`, `exp`, `powf` of the standard library call the platform's own code and differ in
//! the last bit between x86-64 and wasm for 4 to 10 % of inputs. `libm` is one implementation in
//! Rust for both. The basic operations and the square root are exact by IEEE 754 and need no
//! door; clippy.toml bans the rest.

/// Natural logarithm of `x`; `-inf` at zero, NaN below.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `e` to the power `x`.
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// `e` to the power `x`, less one; exact near zero.
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// `x` to the power `y`.
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// `ln(1 + x)`, exact for small `x`.
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// Natural logarithm of the gamma function of `x` > 0; `ln_gamma(n + 1)` is `ln n!`.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Sine of `x` radians.
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Cosine of `x` radians.
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Complementary error function: `1 - erf(x)`, exact in the far tail.
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// Square root; correctly rounded on every platform.
pub fn sqrt(x: f64) -> f64 {
    x.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits, not values: a change here changes every simulation's digest.
    #[test]
    fn bits_are_pinned() {
        let cases = [
            (ln(0.1), 0xc002_6bb1_bbb5_5515_u64),
            (exp(1.0), 0x4005_bf0a_8b14_576a),
            (pow(2.0, 0.5), 0x3ff6_a09e_667f_3bcd),
            (sin(1.0), 0x3fea_ed54_8f09_0cee),
            (cos(1.0), 0x3fe1_4a28_0fb5_068c),
        ];
        for (i, (value, bits)) in cases.iter().enumerate() {
            assert_eq!(value.to_bits(), *bits, "case {i}: {value}");
        }
    }
}
