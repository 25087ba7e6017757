//! An application that is built on the Rust SDK of MCP. It connects to `URL` with the bearer token
//! `TOKEN`, calls the tool that each line of its input names, `{"name": …, "arguments": {…}}`, and
//! prints what became of each call: `{"said": …}` or `{"failed": …}`. All else is the SDK's.

use std::{env, error::Error};

use rmcp::{
    ServiceExt as _,
    model::CallToolRequestParams,
    transport::{
        StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader, stdin};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = StreamableHttpClientTransportConfig::with_uri(env::var("URL")?)
        .auth_header(env::var("TOKEN")?);
    let client = ().serve(StreamableHttpClientTransport::from_config(config)).await?;
    println!("{}", json!({"connected": true}));
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let call: CallToolRequestParams = serde_json::from_str(&line)?;
        let answer = match client.call_tool(call).await {
            Ok(answer) => json!({"said": answer.content}),
            Err(failure) => json!({"failed": failure.to_string()}),
        };
        println!("{answer}");
    }
    client.cancel().await?;
    Ok(())
}
