//! Runs other programs, from the repository's root and with its own tools first on the path.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::repository::Repository;

/// A program about to be started.
pub(crate) struct Process {
    command: Command,
    shown: String,
}

impl Process {
    /// A program of the machine.
    pub(crate) fn new(repository: &Repository, program: &str) -> Self {
        let mut command = Command::new(platform_name(program));
        command.current_dir(repository.root());
        command.env("PATH", path_with_tools(repository));
        Self {
            command,
            shown: program.to_owned(),
        }
    }

    /// The cargo that started this task.
    pub(crate) fn cargo(repository: &Repository) -> Self {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut process = Self::new(repository, &cargo);
        "cargo".clone_into(&mut process.shown);
        // Cargo describes the xtask package to us in these; a child would take them for its own.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
                process.command.env_remove(name);
            }
        }
        process
    }

    /// A tool that the npm packages bring.
    pub(crate) fn tool(repository: &Repository, name: &str) -> Self {
        let file = if cfg!(windows) {
            format!("{name}.cmd")
        } else {
            name.to_owned()
        };
        let path = repository.path("node_modules/.bin").join(file);
        let mut process = Self::new(repository, &path.to_string_lossy());
        name.clone_into(&mut process.shown);
        process
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&argument.as_ref().to_string_lossy());
        self.command.arg(argument);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Arguments that no error shows, since one of them is a secret.
    pub(crate) fn hidden_args(mut self, arguments: Vec<String>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn directory(mut self, path: impl AsRef<Path>) -> Self {
        self.command.current_dir(path);
        self
    }

    /// Runs to the end. What the program prints goes to standard error: standard output belongs to
    /// the verb's own result.
    pub(crate) fn run(mut self) -> Result<()> {
        self.command.stdout(std::io::stderr());
        let status = self.command.status().with_context(|| self.cannot_start())?;
        if !status.success() {
            bail!("`{}` failed ({status})", self.shown);
        }
        Ok(())
    }

    /// Runs to the end and returns what it printed on standard output.
    pub(crate) fn output(mut self) -> Result<String> {
        self.command.stderr(Stdio::inherit());
        let output = self.command.output().with_context(|| self.cannot_start())?;
        if !output.status.success() {
            bail!("`{}` failed ({})", self.shown, output.status);
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("`{}` printed something that is not text", self.shown))
    }

    /// Like [`Self::output`], for programs whose exit status is a verdict that what they print
    /// explains better.
    pub(crate) fn output_regardless(mut self) -> Result<String> {
        self.command.stderr(Stdio::inherit());
        let output = self.command.output().with_context(|| self.cannot_start())?;
        String::from_utf8(output.stdout)
            .with_context(|| format!("`{}` printed something that is not text", self.shown))
    }

    /// Runs to the end and says only whether it succeeded.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Starts without waiting, with both outputs as given, in a process group of its own: what it
    /// starts itself can be ended with it.
    pub(crate) fn spawn(mut self, stdout: Stdio, stderr: Stdio) -> Result<Child> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut self.command, 0);
        self.command
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(stderr)
            .spawn()
            .with_context(|| self.cannot_start())
    }

    fn cannot_start(&self) -> String {
        let program = self.shown.split(' ').next().unwrap_or_default();
        let remedy = match program {
            "node" | "npm" => ", which needs Node 20 or later from https://nodejs.org on the path",
            "rustup" => ", which needs Rust from https://rustup.rs on the path",
            _ => "",
        };
        format!("cannot start `{}`{remedy}", self.shown)
    }
}

/// Says what is being done, does it, and says how long it took when that was noticeable.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("» {what}");
    let start = Instant::now();
    let result = work().with_context(|| format!("while {what}"))?;
    let seconds = start.elapsed().as_secs_f64();
    if seconds >= 3.0 {
        eprintln!("  done in {seconds:.0} s");
    }
    Ok(result)
}

fn platform_name(program: &str) -> OsString {
    if cfg!(windows) && matches!(program, "npm" | "npx") {
        return format!("{program}.cmd").into();
    }
    program.into()
}

fn path_with_tools(repository: &Repository) -> OsString {
    let tools = repository.path("node_modules/.bin");
    let old = std::env::var_os("PATH").unwrap_or_default();
    let all: Vec<PathBuf> = std::iter::once(tools)
        .chain(std::env::split_paths(&old))
        .collect();
    std::env::join_paths(all).unwrap_or(old)
}
