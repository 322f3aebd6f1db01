//! Starts the Workers and the example app, and keeps them until Ctrl-C.

mod address;
mod api;
mod children;
mod demo;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use self::address::{Address, Wish};
use self::children::Children;
use self::demo::Demo;
use crate::arguments::Arguments;
use crate::build;
use crate::process::{Process, step};
use crate::repository::Repository;

/// Where everything answers.
struct Addresses {
    edge: Address,
    control: Address,
    app: Address,
}

impl Addresses {
    /// Says which of them people will not find where they look for it.
    fn of([edge, control, app]: &[Wish; 3]) -> Result<Self> {
        let address = |wish: &Wish| -> Result<Address> {
            let (address, sentence) = wish.address()?;
            if let Some(sentence) = sentence {
                eprintln!("  {sentence}");
            }
            Ok(address)
        };
        Ok(Self {
            edge: address(edge)?,
            control: address(control)?,
            app: address(app)?,
        })
    }
}

pub(crate) fn run(repository: &Repository, mut arguments: Arguments) -> Result<()> {
    let mut wish = |name, usual| Wish::take(name, usual, &mut arguments);
    let wishes = [
        wish("edge", 8787)?,
        wish("control", 8788)?,
        wish("app", 5173)?,
    ];
    arguments.finish()?;
    let state = state_folder(repository);
    std::fs::create_dir_all(&state)?;
    let _alone = lock(&state)?;
    build::all(repository)?;
    let addresses = Addresses::of(&wishes)?;
    let children = Children::until_interrupted(&state)?;
    let demo = step("starting the Workers and seeding the demo project", || {
        let log = children.start("workers", workers(repository, &state, &addresses))?;
        Demo::seed(repository, &state, &addresses.control.origin(), &log)
    })?;
    step("starting the example app", || {
        children.start("app", app(repository, &addresses, &demo))?;
        api::wait_until_it_answers(&addresses.app.origin())
    })?;
    print_addresses(&addresses, &demo, &state);
    children.wait()
}

/// `PENNON_STATE`, or `.pennon/`: what it holds survives a restart.
fn state_folder(repository: &Repository) -> PathBuf {
    std::env::var_os("PENNON_STATE").map_or_else(
        || repository.path(".pennon"),
        |named| repository.root().join(named),
    )
}

/// Two sets of Workers over the same files would lose each other's writes.
fn lock(state: &Path) -> Result<File> {
    let path = state.join("lock");
    let file = File::create(&path).with_context(|| format!("cannot write `{}`", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "another `cargo xtask dev` uses `{}`: stop it, or name another folder in `PENNON_STATE`",
            state.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock `{}`", path.display()))
        }
    }
}

fn workers(repository: &Repository, state: &Path, addresses: &Addresses) -> Process {
    Process::new(repository, "node")
        .arg("worker/serve.ts")
        .args(["--edge-port", &addresses.edge.port.to_string()])
        .args(["--control-port", &addresses.control.port.to_string()])
        .arg("--persist")
        .arg(state.join("state"))
}

fn app(repository: &Repository, addresses: &Addresses, demo: &Demo) -> Process {
    Process::tool(repository, "vite")
        .directory(repository.path("examples/react-app"))
        .args(["--host", "127.0.0.1", "--strictPort"])
        .args(["--port", &addresses.app.port.to_string()])
        .env("PENNON_ENDPOINT", addresses.edge.origin())
        .env("PENNON_KEY", &demo.client_key)
        .env("PENNON_CONTROL", format!("{}/", addresses.control.origin()))
}

fn print_addresses(addresses: &Addresses, demo: &Demo, state: &Path) {
    let control = addresses.control.origin();
    println!();
    println!("  example app  {}/", addresses.app.origin());
    println!("  flags        {control}/");
    println!("  admin token  {}", demo.token);
    println!(
        "  edge         {}/v1/config/{}",
        addresses.edge.origin(),
        demo.client_key
    );
    println!();
    println!("  Kill a flag while you look at the app, and `unkill` it again:");
    println!(
        "    curl -X POST -H 'Authorization: Bearer {}' -d '{{}}' \\",
        demo.token
    );
    println!(
        "      {control}{}/flags/{}/kill",
        demo.environment, demo.flag
    );
    println!();
    println!(
        "  State and logs are in {}. Ctrl-C stops everything.",
        state.display()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_folder_is_for_one_at_a_time() {
        let state = std::env::temp_dir().join(format!("pennon-lock-{}", std::process::id()));
        std::fs::create_dir_all(&state).unwrap();
        let first = lock(&state).unwrap();
        let refusal = lock(&state).err().unwrap().to_string();
        assert!(refusal.contains("another `cargo xtask dev`"), "{refusal}");
        assert!(refusal.contains("PENNON_STATE"), "{refusal}");
        drop(first);
        assert!(lock(&state).is_ok());
        std::fs::remove_dir_all(&state).unwrap();
    }
}
