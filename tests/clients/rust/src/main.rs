//! An application that is built on the Rust SDK of MCP. It takes orders as lines of JSON, and answers
//! with such lines: what became of the order, an address for its user's browser, or how far a call is.

mod connection;
mod sign_in;

use std::{env, error::Error, io};

use rmcp::model::CallToolRequestParams;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines, Stdin, stdin};

use connection::{Application, Connection};

type Failure = Box<dyn Error>;

#[derive(Deserialize)]
#[serde(rename_all = "lowercase", tag = "do")]
enum Order {
    Call(CallToolRequestParams),
    Connect,
    Tools,
}

/// Whoever gives the orders, and has the browser.
struct User(Lines<BufReader<Stdin>>);

impl User {
    async fn hear(&mut self) -> io::Result<Option<String>> {
        self.0.next_line().await
    }
}

fn say(words: &Value) {
    println!("{words}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut user = User(BufReader::new(stdin()).lines());
    let mut application = Application::new(env::var("URL")?).await?;
    let mut connection = None;
    while let Some(line) = user.hear().await? {
        let order = serde_json::from_str(&line)?;
        match obey(order, &mut application, &mut connection, &mut user).await {
            Ok(answer) => say(&answer),
            Err(failure) => say(&json!({"failed": describe(failure.as_ref())})),
        }
    }
    Ok(())
}

async fn obey(
    order: Order,
    application: &mut Application,
    connection: &mut Option<Connection>,
    user: &mut User,
) -> Result<Value, Failure> {
    if let Order::Connect = order {
        *connection = Some(application.connect(user).await?);
        return Ok(json!({"connected": true}));
    }
    let connection = connection.as_ref().ok_or("there is no connection")?;
    let Order::Call(call) = order else {
        let tools = connection.list_all_tools().await?;
        let names: Vec<_> = tools.iter().map(|tool| &tool.name).collect();
        return Ok(json!({"tools": names}));
    };
    let answer = connection.call_tool(call).await?;
    let said = answer.content.first().and_then(|content| content.as_text());
    Ok(json!({"said": said.map(|text| &text.text)}))
}

/// What failed, and for what reason.
fn describe(failure: &dyn Error) -> String {
    let why = failure.source().map(describe);
    why.map_or_else(|| failure.to_string(), |why| format!("{failure}: {why}"))
}
