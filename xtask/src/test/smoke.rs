//! The README's first command, as a person runs it: twice, with Ctrl-C in between.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::process::Process;
use crate::repository::Repository;

const PATIENCE: Duration = Duration::from_secs(30);

/// `cargo xtask dev` prints where everything is, serves it, has its state for itself, ends on Ctrl-C and
/// remembers its state.
pub(super) fn dev(repository: &Repository) -> Result<()> {
    let state = repository.target().join("xtask").join("dev-state");
    if state.exists() {
        std::fs::remove_dir_all(&state)?;
    }
    let first = start_and_stop(repository, &state)?;
    let second = start_and_stop(repository, &state)?;
    if first != second {
        bail!("a restart lost its state: the token was `{first}` and is `{second}`");
    }
    Ok(())
}

/// Returns the admin token, which is made once for a state.
fn start_and_stop(repository: &Repository, state: &Path) -> Result<String> {
    let mut dev = Process::cargo(repository)
        .args(["xtask", "dev"])
        .env("PENNON_STATE", state)
        .spawn(Stdio::piped(), Stdio::inherit())?;
    let printed = read_until(&mut dev, "admin token");
    let verdict = printed.and_then(|lines| {
        let app = value(&lines, "example app")?;
        for url in [app.clone(), format!("{app}config.json")] {
            let response = ureq::get(&url).call();
            response.with_context(|| format!("{url} did not answer"))?;
        }
        refuse_a_second(repository, state)?;
        Ok((app, value(&lines, "admin token")?))
    });
    stop(repository, &mut dev)?;
    let (app, token) = verdict?;
    if ureq::get(&app).call().is_ok() {
        bail!("the example app outlived Ctrl-C");
    }
    Ok(token)
}

/// Two over one state would lose each other's writes.
fn refuse_a_second(repository: &Repository, state: &Path) -> Result<()> {
    let second = Process::cargo(repository)
        .args(["xtask", "dev"])
        .env("PENNON_STATE", state)
        .spawn(Stdio::null(), Stdio::piped())?
        .wait_with_output()?;
    let said = String::from_utf8_lossy(&second.stderr);
    if second.status.success() || !said.contains("another `cargo xtask dev` uses") {
        bail!("a second start over one state was not refused: {said}");
    }
    Ok(())
}

fn read_until(dev: &mut Child, word: &str) -> Result<Vec<String>> {
    let output = dev.stdout.take().context("no output to read")?;
    let mut lines = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        let is_last = line.contains(word);
        lines.push(line);
        if is_last {
            return Ok(lines);
        }
    }
    bail!("it ended before it printed its addresses")
}

fn value(lines: &[String], name: &str) -> Result<String> {
    let line = lines.iter().find(|line| line.contains(name));
    let value = line.and_then(|line| line.split_whitespace().last());
    value
        .map(str::to_owned)
        .with_context(|| format!("it printed no {name}"))
}

fn stop(repository: &Repository, dev: &mut Child) -> Result<()> {
    Process::new(repository, "kill")
        .args(["-INT", &dev.id().to_string()])
        .run()?;
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if dev.try_wait()?.is_some() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    dev.kill()?;
    bail!("it did not end within {} s of Ctrl-C", PATIENCE.as_secs())
}
