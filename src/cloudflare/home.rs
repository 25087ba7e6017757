//! Fetching from the origin, and reading bodies with a bound.

use bytes::Bytes;
use futures_util::future::{Either, select};
use worker::{
    AbortController, AbortSignal, Env,
    js_sys::{self, ArrayBuffer, Uint8Array},
    wasm_bindgen::{JsCast as _, JsValue},
    wasm_bindgen_futures::spawn_local,
    web_sys::{self, ReadableStream, ReadableStreamDefaultReader},
    worker_sys::FixedLengthStream,
};

use super::{
    conversion::{fields, headers_of},
    crossings,
    gone::gone,
    platform::{binding, words},
    settled::{ignore, settled},
    timer::after,
};
use crate::{
    ports::{FetchLimits, HomeRequest, Outage, TooLarge, Upload},
    time::Lifetime,
};

/// A body, as the platform streams it.
pub(super) enum JsBody {
    /// A request's, untouched.
    Incoming(web_sys::Request),
    /// An answer's.
    Answer(Option<ReadableStream>),
}

impl JsBody {
    /// The body as a stream; none when there is none.
    pub(super) fn into_stream(self) -> Option<ReadableStream> {
        match self {
            Self::Incoming(request) => request.body(),
            Self::Answer(stream) => stream,
        }
    }
}

/// Sends one request; when the client leaves, `signal` ends it.
pub(super) async fn send(
    request: HomeRequest<'_, JsBody, ArrayBuffer>,
    env: &Env,
    signal: &AbortSignal,
) -> Result<http::Response<JsBody>, Outage> {
    let body = match request.upload {
        Upload::Nothing => None,
        Upload::Held(bytes) => Some(JsValue::from(bytes)),
        Upload::Whole(body) => body.into_stream().map(JsValue::from),
        Upload::Stream {
            body,
            length,
            patience,
        } => body
            .into_stream()
            .map(|stream| in_time(&stream, length, patience, signal))
            .transpose()?
            .map(JsValue::from),
    };
    let service = request
        .binding
        .map_or_else(|| js_sys::global().into(), |name| binding(env, name));
    let promise = crossings::send(
        &service,
        request.url.as_str(),
        request.method.as_str(),
        &fields(request.headers),
        &body.unwrap_or_default(),
        signal,
    );
    let promise = promise.map_err(thrown)?;
    let response = match select(settled(&promise), after(request.patience)).await {
        Either::Left((response, _)) => response.map_err(thrown)?,
        Either::Right(((), _)) => return Err(outage("no answer in time")),
    };
    let response: web_sys::Response = response.dyn_into().map_err(thrown)?;
    let mut answer = http::Response::new(JsBody::Answer(response.body()));
    *answer.status_mut() = http::StatusCode::from_u16(response.status()).map_err(outage)?;
    let fields = crossings::fields_of(&response.headers());
    *answer.headers_mut() = headers_of(&fields).ok_or_else(|| outage("too many headers"))?;
    Ok(answer)
}

/// Reads a body chunk by chunk, and stops at the first byte too many.
pub(super) async fn read(
    body: JsBody,
    limits: FetchLimits,
) -> Result<Result<Bytes, TooLarge>, Outage> {
    let all = begin(body, limits, |_| false).await?;
    Ok(all.map(|(bytes, _)| bytes.into()))
}

/// Reads a body without looking into it: the bytes stay where the platform keeps them.
pub(super) async fn hold(
    body: JsBody,
    length: Option<u64>,
    limits: FetchLimits,
) -> Result<Result<ArrayBuffer, TooLarge>, Outage> {
    let fits = |length: u64| usize::try_from(length).is_ok_and(|length| length <= limits.size);
    match (body, length) {
        (JsBody::Incoming(request), Some(length)) if fits(length) => {
            let bytes = settled(&request.array_buffer().map_err(thrown)?);
            match select(bytes, after(limits.patience)).await {
                Either::Left((bytes, _)) => Ok(Ok(bytes.map_err(thrown)?.unchecked_into())),
                Either::Right(((), _)) => Err(late()),
            }
        }
        // Without a promise, or with one that is not to be believed, every chunk is counted.
        (body, _) => {
            let bytes = read(body, limits).await?;
            Ok(bytes.map(|bytes| Uint8Array::from(bytes.as_ref()).buffer()))
        }
    }
}

fn late() -> Outage {
    outage("the body does not come in time")
}

/// Reads the beginning of a body; the rest stays unread.
pub(super) async fn begin(
    body: JsBody,
    limits: FetchLimits,
    enough: impl Fn(&[u8]) -> bool,
) -> Result<Result<(Vec<u8>, JsBody), TooLarge>, Outage> {
    let mut bytes = Vec::new();
    let Some(stream) = body.into_stream() else {
        return Ok(Ok((bytes, JsBody::Answer(None))));
    };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut over = after(limits.patience);
    while !enough(&bytes) {
        if bytes.len() > limits.size {
            drop(reader.cancel());
            return Ok(Err(TooLarge));
        }
        let read = match select(settled(&reader.read()), &mut over).await {
            Either::Left((read, _)) => read.map_err(thrown)?,
            Either::Right(((), _)) => {
                drop(reader.cancel());
                return Err(late());
            }
        };
        let chunk = js_sys::Reflect::get(&read, &"value".into()).map_err(thrown)?;
        let Some(chunk) = chunk.dyn_ref::<Uint8Array>() else {
            break;
        };
        bytes.extend(chunk.to_vec());
    }
    reader.release_lock();
    Ok(Ok((bytes, JsBody::Answer(Some(stream)))))
}

/// A body of these bytes and a rest that is native still.
pub(super) fn rejoin(
    beginning: &[u8],
    rest: JsBody,
    signal: &web_sys::AbortSignal,
) -> Result<JsBody, Outage> {
    let pipe = web_sys::TransformStream::new().map_err(thrown)?;
    let (readable, writable) = (pipe.readable(), pipe.writable());
    let writer = writable.get_writer().map_err(thrown)?;
    let begun = writer.write_with_chunk(&Uint8Array::from(beginning));
    let begun = settled(&begun);
    let gone = gone(signal);
    // Whoever reads learns what became of them.
    spawn_local(async move {
        // The platform loses what is still on its way when a pipe begins.
        if let Either::Right(_) = select(begun, gone).await {
            return;
        }
        writer.release_lock();
        let piped = rest
            .into_stream()
            .map_or_else(|| writable.close(), |rest| rest.pipe_to(&writable));
        ignore(&piped);
    });
    Ok(JsBody::Answer(Some(readable)))
}

/// A stream that breaks when it is not over in time. Its chunks never come here.
fn in_time(
    stream: &ReadableStream,
    length: u64,
    patience: Lifetime,
    signal: &web_sys::AbortSignal,
) -> Result<ReadableStream, Outage> {
    let pipe = FixedLengthStream::new_big_int(length.into()).map_err(thrown)?;
    let connection = AbortController::default();
    let options = web_sys::StreamPipeOptions::new();
    options.set_signal(&connection.signal());
    let piped = stream.pipe_to_with_options(&pipe.writable(), &options);
    let readable = pipe.readable();
    let over = select(after(patience), gone(signal));
    let piped = settled(&piped);
    spawn_local(async move {
        if let Either::Right(_) = select(piped, over).await {
            connection.abort();
        }
    });
    Ok(readable)
}

fn outage(error: impl std::fmt::Display) -> Outage {
    Outage::new(format!("fetch: {error}"))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is given where errors are mapped"
)]
fn thrown(error: JsValue) -> Outage {
    outage(words(&error))
}
