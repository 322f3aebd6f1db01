/// Why a request is not answered: an HTTP status and one sentence as plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// What is wrong, for the person who reads the log of the client.
    pub text: &'static str,
}

impl Refusal {
    pub(crate) const fn new(status: u16, text: &'static str) -> Self {
        Self { status, text }
    }
}
