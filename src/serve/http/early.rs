//! Answers that take long begin early: proxies and clients give up where no byte comes for a minute.

use std::{convert::Infallible, pin::Pin, time::Duration};

use axum::{
    body::{Body, BodyDataStream, Bytes},
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::Response,
};
use futures_util::{StreamExt, future::BoxFuture, stream::unfold};

/// When something is sent of an answer that is not there yet.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long an answer may take until its head is sent.
    pub patience: Duration,
    /// While nothing else is sent, how often a sign of life is.
    pub sign_of_life: Duration,
}

impl Pace {
    /// What proxies and clients put up with.
    pub const USUAL: Self = Self { patience: Duration::from_secs(5), sign_of_life: Duration::from_secs(15) };
}

/// The media type of streams of events.
pub const EVENT_STREAM: &str = "text/event-stream";

/// The answer, or from a while on the stream of events that it will come in. Dropping either gives the call up.
pub async fn begun(answer: impl Future<Output = Response> + Send + 'static, pace: Pace) -> Response {
    let mut answer: BoxFuture<'static, Response> = Box::pin(answer);
    match tokio::time::timeout(pace.patience, &mut answer).await {
        Ok(answer) => answer,
        Err(_) => {
            let events = unfold(State::Waiting(answer), move |state| next(state, pace));
            let mut response = Response::new(Body::from_stream(events.map(Ok::<_, Infallible>)));
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
            response
        }
    }
}

enum State {
    Waiting(BoxFuture<'static, Response>),
    /// The answer is a stream of events itself.
    Passing(BodyDataStream),
    /// The answer is one message.
    Collecting(BodyDataStream),
    Ended,
}

async fn next(mut state: State, pace: Pace) -> Option<(Bytes, State)> {
    loop {
        state = match state {
            State::Waiting(mut answer) => match tokio::time::timeout(pace.sign_of_life, &mut answer).await {
                Err(_) => return Some((Bytes::from_static(b": working\n\n"), State::Waiting(answer))),
                Ok(response) => {
                    let is_stream = response.headers().get(CONTENT_TYPE).is_some_and(|it| it == EVENT_STREAM);
                    let body = response.into_body().into_data_stream();
                    if is_stream { State::Passing(body) } else { State::Collecting(body) }
                }
            },
            State::Passing(mut body) => {
                let bytes = Pin::new(&mut body).next().await?.ok()?;
                return Some((bytes, State::Passing(body)));
            }
            State::Collecting(body) => {
                let chunks: Vec<_> = body.filter_map(|chunk| std::future::ready(chunk.ok())).collect().await;
                // JSON without line breaks, as the message is written.
                let event = [b"event: message\ndata: ".as_slice(), &chunks.concat(), b"\n\n"].concat();
                return Some((event.into(), State::Ended));
            }
            State::Ended => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing is waited for, and signs of life come as fast as they can.
    const HASTY: Pace = Pace { patience: Duration::ZERO, sign_of_life: Duration::from_millis(1) };

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn answer(media_type: &'static str, text: &'static str) -> Response {
        Response::builder().header(CONTENT_TYPE, media_type).body(Body::from(text)).unwrap()
    }

    #[tokio::test]
    async fn quick_answers_stay_as_they_are() {
        let answer = begun(async { answer("application/json", "{}") }, HASTY).await;
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
        assert_eq!(text(answer).await, "{}");
    }

    #[tokio::test]
    async fn slow_answers_begin_early() {
        for (slow, expected) in [
            (answer("application/json", "{}"), "event: message\ndata: {}\n\n"),
            (answer(EVENT_STREAM, "data: 1\n\n"), "data: 1\n\n"),
        ] {
            let (release, released) = tokio::sync::oneshot::channel();
            let early = begun(async { released.await.unwrap() }, HASTY).await;
            assert_eq!(early.headers()[CONTENT_TYPE], EVENT_STREAM);
            let mut body = early.into_body().into_data_stream();
            assert_eq!(body.next().await.unwrap().unwrap(), ": working\n\n");
            release.send(slow).unwrap();
            let rest: Vec<_> = body.map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap()).collect().await;
            assert_eq!(rest.concat().replace(": working\n\n", ""), expected);
        }
    }

    #[tokio::test]
    async fn who_hangs_up_gives_the_answer_up() {
        let (sender, mut dropped) = tokio::sync::oneshot::channel::<()>();
        let early = begun(
            async move {
                let _sender = sender;
                std::future::pending().await
            },
            HASTY,
        );
        drop(early.await);
        assert!(dropped.try_recv().is_err_and(|error| error == tokio::sync::oneshot::error::TryRecvError::Closed));
    }
}
