//! Functions of numbers.

use super::{
    answer::{Answer, Function, error, shown},
    operators,
};
use crate::value::Value;

pub const FUNCTIONS: &[(&str, usize, Function)] = &[
    ("infinite", 0, |_, _| Ok(Value::Number(f64::INFINITY))),
    ("nan", 0, |_, _| Ok(Value::Number(f64::NAN))),
    ("isinfinite", 0, |input, _| Ok(Value::Bool(number(&input)?.is_infinite()))),
    ("isnan", 0, |input, _| Ok(Value::Bool(input.is_nan()))),
    ("isfinite", 0, |input, _| Ok(Value::Bool(input.number().is_some_and(|number| !number.is_infinite())))),
    ("isnormal", 0, |input, _| Ok(Value::Bool(number(&input)?.is_normal()))),
    ("abs", 0, |input, _| match input.compare(&Value::Number(0.0)).is_lt() {
        true => operators::negate(&input),
        false => Ok(input),
    }),
    ("floor", 0, |input, _| one(&input, f64::floor)),
    ("ceil", 0, |input, _| one(&input, f64::ceil)),
    ("round", 0, |input, _| one(&input, f64::round)),
    ("rint", 0, |input, _| one(&input, f64::round_ties_even)),
    ("nearbyint", 0, |input, _| one(&input, f64::round_ties_even)),
    ("trunc", 0, |input, _| one(&input, f64::trunc)),
    ("fabs", 0, |input, _| one(&input, f64::abs)),
    ("sqrt", 0, |input, _| one(&input, f64::sqrt)),
    ("cbrt", 0, |input, _| one(&input, f64::cbrt)),
    ("exp", 0, |input, _| one(&input, f64::exp)),
    ("exp2", 0, |input, _| one(&input, f64::exp2)),
    ("exp10", 0, |input, _| one(&input, |number| 10_f64.powf(number))),
    ("pow10", 0, |input, _| one(&input, |number| 10_f64.powf(number))),
    ("expm1", 0, |input, _| one(&input, f64::exp_m1)),
    ("log", 0, |input, _| one(&input, f64::ln)),
    ("log2", 0, |input, _| one(&input, f64::log2)),
    ("log10", 0, |input, _| one(&input, f64::log10)),
    ("log1p", 0, |input, _| one(&input, f64::ln_1p)),
    ("sin", 0, |input, _| one(&input, f64::sin)),
    ("cos", 0, |input, _| one(&input, f64::cos)),
    ("tan", 0, |input, _| one(&input, f64::tan)),
    ("asin", 0, |input, _| one(&input, f64::asin)),
    ("acos", 0, |input, _| one(&input, f64::acos)),
    ("atan", 0, |input, _| one(&input, f64::atan)),
    ("sinh", 0, |input, _| one(&input, f64::sinh)),
    ("cosh", 0, |input, _| one(&input, f64::cosh)),
    ("tanh", 0, |input, _| one(&input, f64::tanh)),
    ("asinh", 0, |input, _| one(&input, f64::asinh)),
    ("acosh", 0, |input, _| one(&input, f64::acosh)),
    ("atanh", 0, |input, _| one(&input, f64::atanh)),
    ("significand", 0, |input, _| one(&input, |number| fraction(number).0 * 2.0)),
    ("logb", 0, |input, _| one(&input, |number| f64::from(fraction(number).1 - 1))),
    ("frexp", 0, |input, _| {
        let (fraction, exponent) = fraction(number(&input)?);
        Ok(Value::array(vec![Value::Number(fraction), Value::Number(f64::from(exponent))]))
    }),
    ("modf", 0, |input, _| {
        let number = number(&input)?;
        let fraction = if number.is_infinite() { 0.0 } else { number.fract() };
        Ok(Value::array(vec![Value::Number(fraction), Value::Number(number.trunc())]))
    }),
    ("pow", 2, |_, arguments| two(arguments, f64::powf)),
    ("atan2", 2, |_, arguments| two(arguments, f64::atan2)),
    ("hypot", 2, |_, arguments| two(arguments, f64::hypot)),
    ("fmin", 2, |_, arguments| two(arguments, f64::min)),
    ("fmax", 2, |_, arguments| two(arguments, f64::max)),
    ("fmod", 2, |_, arguments| two(arguments, |left, right| left % right)),
    ("fdim", 2, |_, arguments| two(arguments, |left, right| (left - right).max(0.0))),
    ("copysign", 2, |_, arguments| two(arguments, f64::copysign)),
    ("ldexp", 2, |_, arguments| two(arguments, scaled)),
    ("scalb", 2, |_, arguments| two(arguments, scaled)),
    ("scalbln", 2, |_, arguments| two(arguments, scaled)),
    ("fma", 3, |_, arguments| match arguments {
        [x, y, z] => Ok(Value::Number(number(x)?.mul_add(number(y)?, number(z)?))),
        _ => Err(error("number required")),
    }),
];

fn number(value: &Value) -> Result<f64, Value> {
    value.number().ok_or_else(|| error(format!("{} number required", shown(value))))
}

fn one(input: &Value, function: fn(f64) -> f64) -> Answer {
    Ok(Value::Number(function(number(input)?)))
}

fn two(arguments: &[Value], function: fn(f64, f64) -> f64) -> Answer {
    match arguments {
        [left, right] => Ok(Value::Number(function(number(left)?, number(right)?))),
        _ => Err(error("number required")),
    }
}

fn scaled(number: f64, exponent: f64) -> f64 {
    number * exponent.exp2()
}

/// A number as a fraction from 0.5 to 1, and a power of two.
fn fraction(number: f64) -> (f64, i32) {
    if number == 0.0 || !number.is_finite() {
        return (number, 0);
    }
    let (mut fraction, mut exponent) = (number, 0);
    while fraction.abs() >= 1.0 {
        fraction /= 2.0;
        exponent += 1;
    }
    while fraction.abs() < 0.5 {
        fraction *= 2.0;
        exponent -= 1;
    }
    (fraction, exponent)
}
