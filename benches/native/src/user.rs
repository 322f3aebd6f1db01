/// One of the harness's users.
#[derive(Debug, Clone)]
pub struct User {
    /// Unit id.
    pub id: String,
    /// Attribute.
    pub email: String,
    /// Attribute.
    pub age: f64,
    /// Attribute, a semantic version.
    pub app_version: String,
}

impl User {
    /// Attribute that every user shares.
    pub const COUNTRY: &'static str = "SE";
    /// Attribute that every user shares.
    pub const PLAN: &'static str = "pro";
}

/// The users of `lib/logical.mjs` in the harness.
pub fn users(n: u32) -> Vec<User> {
    (0..n)
        .map(|i| User {
            id: format!("user-{:08x}-{i}", i.wrapping_mul(2_654_435_761)),
            email: format!("ann.svensson{i}@example.com"),
            age: f64::from(20 + i % 50),
            app_version: format!("2.{}.{}", 11 + i % 9, i % 7),
        })
        .collect()
}
