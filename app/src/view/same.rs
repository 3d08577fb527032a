//! A shared value in the properties of a component.

use std::ops::Deref;
use std::rc::Rc;
use yew::html::IntoPropValue;

/// A shared value that counts as the same only while it is the same object.
///
/// Yew compares properties to see whether a component must be painted again. Comparing two designs
/// node by node, at each move of the pointer and once for each component, costs more than painting
/// what has changed; and whoever changes a design makes another object of it.
#[derive(Debug)]
pub(crate) struct Same<T>(Rc<T>);

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Same<T> {
    type Target = Rc<T>;

    fn deref(&self) -> &Rc<T> {
        &self.0
    }
}

impl<T> From<Rc<T>> for Same<T> {
    fn from(value: Rc<T>) -> Self {
        Self(value)
    }
}

impl<T> IntoPropValue<Same<T>> for Rc<T> {
    fn into_prop_value(self) -> Same<T> {
        Same(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_object_is_the_same() {
        let value = Rc::new(vec![1]);
        let same: Same<Vec<i32>> = Rc::clone(&value).into_prop_value();
        assert_eq!(same, same.clone());
        assert_ne!(same, Same::from(Rc::new(vec![1])));
        assert_eq!(same.len(), 1);
    }
}
