//! From the Worker's environment to the configuration, once for each isolate.

use std::{cell::OnceCell, collections::BTreeMap, rc::Rc};

use worker::{
    Env, console_error, console_warn,
    js_sys::{Array, JSON, Object, Reflect},
    wasm_bindgen::{JsCast as _, JsValue},
};

use super::{
    SharedConfig,
    platform::{binding, property},
};
use crate::config::{Config, Problem};

/// The names of the bindings in `wrangler.toml`; everything else in the environment is a setting.
pub(super) const REGISTER: &str = "REGISTER";
pub(super) const LEDGER: &str = "LEDGER";
pub(super) const SIGN_IN_LIMIT: &str = "SIGN_IN_LIMIT";
pub(super) const PROBE_LIMIT: &str = "PROBE_LIMIT";
pub(super) const GRANT_LIMIT: &str = "GRANT_LIMIT";
const BINDINGS: [&str; 5] = [REGISTER, LEDGER, SIGN_IN_LIMIT, PROBE_LIMIT, GRANT_LIMIT];

thread_local! {
    static CONFIGURATION: OnceCell<SharedConfig> = const { OnceCell::new() };
}

/// The configuration of this isolate, or what is wrong with it. Mistakes and warnings
/// are logged when it is parsed.
pub(super) fn configuration(env: &Env) -> SharedConfig {
    CONFIGURATION.with(|cell| {
        Rc::clone(cell.get_or_init(|| {
            let parsed = Config::parse(&environment(env)).and_then(|config| with_ways(config, env));
            match &parsed {
                Ok(config) => {
                    for Problem { key, problem } in &config.warnings {
                        console_warn!("configuration: {key} {problem}");
                    }
                }
                Err(problems) => {
                    for Problem { key, problem } in problems {
                        console_error!("configuration mistake: {key} {problem}");
                    }
                }
            }
            Rc::new(parsed)
        }))
    })
}

/// The configuration, if each binding that it names leads somewhere.
fn with_ways(config: Config, env: &Env) -> Result<Config, Vec<Problem>> {
    let mut problems: Vec<_> = config
        .bindings()
        .filter(|(_, name)| !property(&binding::<JsValue>(env, name), "fetch").is_function())
        .map(|(key, _)| Problem::new(key, NO_WAY))
        .collect();
    // Several mounts may have the one binding for all.
    problems.dedup();
    if problems.is_empty() {
        Ok(config)
    } else {
        Err(problems)
    }
}

const NO_WAY: &str = "names a binding that is not in wrangler.toml, or leads to no server. Add it there, for example [[vpc_services]] with binding = \"HOME\".";

/// Settings may be text, or JSON values from `wrangler.toml`; both are read as text.
fn environment(env: &Env) -> BTreeMap<String, String> {
    let env: &Object = env.unchecked_ref();
    Object::keys(env)
        .iter()
        .filter_map(|key| {
            let name = key.as_string()?;
            if BINDINGS.contains(&name.as_str()) {
                return None;
            }
            let value = Reflect::get(env, &key).ok()?;
            Some((name, text(&value)?))
        })
        .collect()
}

fn text(value: &JsValue) -> Option<String> {
    let is_json = value.as_f64().is_some() || value.as_bool().is_some() || is_plain_object(value);
    if is_json {
        return JSON::stringify(value).ok()?.as_string();
    }
    value.as_string()
}

fn is_plain_object(value: &JsValue) -> bool {
    Array::is_array(value)
        || value
            .dyn_ref::<Object>()
            .is_some_and(|object| object.constructor().name() == "Object")
}
