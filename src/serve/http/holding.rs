//! What lasts as long as an answer.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes},
    response::Response,
};
use hyper::body::{Frame, SizeHint};

/// The same answer, which drops `thing` after its last byte, or when nobody reads it any more.
pub fn holding(response: Response, thing: impl Send + 'static) -> Response {
    response.map(|body| Body::new(Holding { body, _thing: Box::new(thing) }))
}

/// A body with something that is dropped with it.
struct Holding<T> {
    body: Body,
    _thing: Box<T>,
}

impl<T> hyper::body::Body for Holding<T> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    /// Known where the body's is, so that an answer has its length.
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
