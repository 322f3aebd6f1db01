//! Where the Workers and the app listen, on this machine only.

use std::net::TcpListener;

use anyhow::{Context as _, Result};

use crate::arguments::Arguments;

/// Which port somebody asked for, or the one that people get used to.
pub(super) struct Wish {
    name: &'static str,
    usual: u16,
    chosen: Option<u16>,
}

/// A port that was free a moment ago.
pub(super) struct Address {
    pub(super) port: u16,
}

impl Wish {
    /// Takes `--NAME-port N` out of the arguments.
    ///
    /// # Errors
    ///
    /// When what follows is no port.
    pub(super) fn take(name: &'static str, usual: u16, arguments: &mut Arguments) -> Result<Self> {
        let option = format!("--{name}-port");
        let chosen = arguments.take_option(&option)?.map(|text| {
            let port = text.parse::<u16>();
            port.with_context(|| format!("`{option}` wants a port, 1 to 65535, and not `{text}`"))
        });
        Ok(Self {
            name,
            usual,
            chosen: chosen.transpose()?,
        })
    }

    /// The port that was asked for, or the usual one, or any other with a sentence that says so.
    ///
    /// # Errors
    ///
    /// When the port that was asked for is busy, or none is free.
    pub(super) fn address(&self) -> Result<(Address, Option<String>)> {
        let Self {
            name,
            usual,
            chosen,
        } = self;
        if let Some(port) = chosen {
            let free =
                free(*port).with_context(|| format!("port {port} for the {name} is busy"))?;
            return Ok((free, None));
        }
        if let Ok(address) = free(*usual) {
            return Ok((address, None));
        }
        let address = free(0).context("no free port on 127.0.0.1")?;
        let port = address.port;
        let sentence = format!(
            "port {usual} is busy, so the {name} is on port {port} this time; `--{name}-port N` chooses one"
        );
        Ok((address, Some(sentence)))
    }
}

impl Address {
    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn free(port: u16) -> Result<Address> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let port = listener.local_addr()?.port();
    Ok(Address { port })
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_busy_usual_port_is_replaced_with_a_sentence_and_a_chosen_one_is_not() {
        let busy = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = busy.local_addr().unwrap().port();
        let wish = |words: &[&str]| {
            let mut arguments = Arguments::from_words(words);
            let wish = Wish::take("edge", port, &mut arguments);
            arguments.finish().unwrap();
            wish
        };
        let (address, sentence) = wish(&[]).unwrap().address().unwrap();
        assert_ne!(address.port, port);
        let other = address.port;
        assert_eq!(
            sentence.unwrap(),
            format!(
                "port {port} is busy, so the edge is on port {other} this time; `--edge-port N` chooses one"
            )
        );
        let asked = wish(&["--edge-port", &port.to_string()]).unwrap().address();
        let refusal = asked.err().unwrap().to_string();
        assert_eq!(refusal, format!("port {port} for the edge is busy"));
        drop(busy);
        // A program that another test starts holds the port until it has become that program.
        let is_free = (0..50).any(|_| {
            thread::sleep(Duration::from_millis(20));
            let (address, sentence) = wish(&[]).unwrap().address().unwrap();
            (address.port, sentence) == (port, None)
        });
        assert!(is_free);
        assert!(wish(&["--edge-port", "many"]).is_err());
    }
}
