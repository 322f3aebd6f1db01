//! The HTTP request and response shapes.
