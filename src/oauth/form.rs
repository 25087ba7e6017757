//! The parameters of a query or of a form body.

use url::form_urlencoded;

/// Decoded parameters in their order. Unknown ones are ignored; an empty value is an omitted one
/// (OAuth 2.1 §3.1, §3.2).
#[derive(Clone, Debug)]
pub struct Parameters(Vec<(String, String)>);

/// A parameter that may be sent once was repeated (AS-22, AS-81).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Repeated;

impl Parameters {
    /// Parses `application/x-www-form-urlencoded` text. Any text is one.
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The value of a parameter, when it is there and not empty.
    ///
    /// # Errors
    ///
    /// When it is there more than once.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Repeated> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        let first = values.next().map(|(_, value)| value.as_str());
        match values.next() {
            Some(_) => Err(Repeated),
            None => Ok(first.filter(|value| !value.is_empty())),
        }
    }

    /// All values of a parameter that may be repeated, such as `resource` (RFC 8707 §2).
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The parameters of these names, as text that parses to the same again.
    pub fn only(&self, names: &[&str]) -> String {
        let kept = self
            .0
            .iter()
            .filter(|(key, _)| names.contains(&key.as_str()));
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(kept)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_omitted_and_twice_is_refused() {
        let parameters = Parameters::parse(b"a=1&b=&c=1&c=2&resource=x&resource=y&resource=");
        assert_eq!(parameters.one("a"), Ok(Some("1")));
        assert_eq!(parameters.one("b"), Ok(None));
        assert_eq!(parameters.one("c"), Err(Repeated));
        assert_eq!(parameters.one("d"), Ok(None));
        assert_eq!(parameters.all("resource").collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(
            parameters.only(&["a", "resource"]),
            "a=1&resource=x&resource=y&resource="
        );
    }
}
