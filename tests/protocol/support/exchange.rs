//! A request as a test writes it, and the answer as it reads it.

use bytes::Bytes;
use gatelodge::{
    endpoints::{IncomingRequest, Payload},
    mcp::probe,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::gate::ISSUER;

#[derive(Clone, Debug)]
pub(crate) struct Request {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
}

impl Request {
    /// A request to a path at the issuer, or to a whole URL.
    pub(crate) fn new(method: &str, target: &str) -> Self {
        let issuer = Url::parse(ISSUER).expect("the issuer is a URL");
        Self {
            method: method.parse().expect("a method"),
            url: issuer.join(target).expect("a path or a URL"),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    pub(crate) fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn post(target: &str) -> Self {
        Self::new("POST", target)
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a header name");
        let value = HeaderValue::try_from(value).expect("a header value");
        self.raw_header(name, value)
    }

    pub(crate) fn raw_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }
}

impl From<Request> for IncomingRequest<Bytes> {
    fn from(request: Request) -> Self {
        Self {
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: request.body,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) from_home: bool,
}

impl From<Response<Payload<Bytes>>> for Answer {
    fn from(response: Response<Payload<Bytes>>) -> Self {
        let (parts, payload) = response.into_parts();
        let (body, from_home) = match payload {
            Payload::Home(body) | Payload::Events(body, _) => (body, true),
            Payload::Own(body) => (body.into(), false),
            Payload::Probe => (Bytes::from(probe::ENDPOINT_EVENT), false),
        };
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
            from_home,
        }
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).expect("an answer is text")
    }

    /// The JSON of an answer that says that it is JSON.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            Some("application/json"),
            "{self:?}"
        );
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// Status and OAuth error code.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status, self.field("error"))
    }

    /// A member of the JSON that is a string.
    pub(crate) fn field(&self, name: &str) -> String {
        let json = self.json();
        let text = json.get(name).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("no {name} in {json}"))
            .to_owned()
    }

    /// The parameters that a redirect brings to a client, after the redirect URI itself.
    pub(crate) fn callback(&self, redirect_uri: &str) -> Vec<(String, String)> {
        assert_eq!(self.status, 303, "{self:?}");
        let location = self.header("location").expect("a location");
        let query = location
            .strip_prefix(redirect_uri)
            .and_then(|rest| rest.strip_prefix(['?', '&']))
            .unwrap_or_else(|| panic!("{location} is not at {redirect_uri}"));
        form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    pub(crate) fn is_page(&self) -> bool {
        self.header("content-type") == Some("text/html; charset=utf-8")
    }
}

/// The value of a parameter that is there exactly once.
pub(crate) fn only<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut values = parameters.iter().filter(|(key, _)| key == name);
    let value = values.next().map(|(_, value)| value.as_str());
    assert!(values.next().is_none(), "{name} is repeated");
    value
}
