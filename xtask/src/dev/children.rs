//! Programs that run until this one is told to stop.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::process::Process;

/// How long a program may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(8);

const MOMENT: Duration = Duration::from_millis(100);

/// A program, by the name of its log.
type Running = Arc<Mutex<Vec<(String, Child)>>>;

/// The programs started so far. None of them outlives this value or an interruption.
pub(super) struct Children {
    running: Running,
    logs: PathBuf,
}

impl Children {
    /// From here on Ctrl-C, and a request to terminate, end the children first.
    pub(super) fn until_interrupted(logs: &Path) -> Result<Self> {
        let running = Running::default();
        let to_stop = Arc::clone(&running);
        ctrlc::set_handler(move || {
            stop(&to_stop);
            std::process::exit(0);
        })?;
        Ok(Self {
            running,
            logs: logs.to_owned(),
        })
    }

    /// Starts a program whose lines go to `NAME.log` and to the receiver.
    pub(super) fn start(&self, name: &str, process: Process) -> Result<Receiver<String>> {
        let log = self.logs.join(format!("{name}.log"));
        let file = Arc::new(Mutex::new(
            File::create(&log).with_context(|| format!("cannot write `{}`", log.display()))?,
        ));
        let mut child = process.spawn(Stdio::piped(), Stdio::piped())?;
        let (sender, receiver) = channel();
        if let Some(stdout) = child.stdout.take() {
            copy_lines(stdout, Arc::clone(&file), sender.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            copy_lines(stderr, file, sender);
        }
        lock(&self.running).push((name.to_owned(), child));
        Ok(receiver)
    }

    /// Waits until one of them ends, which none should.
    pub(super) fn wait(&self) -> Result<()> {
        loop {
            for (name, child) in lock(&self.running).iter_mut() {
                if let Some(status) = child.try_wait()? {
                    let log = self.logs.join(format!("{name}.log"));
                    bail!("`{name}` ended ({status}), see {}", log.display());
                }
            }
            thread::sleep(MOMENT);
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        stop(&self.running);
    }
}

fn lock(running: &Running) -> std::sync::MutexGuard<'_, Vec<(String, Child)>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

fn copy_lines(from: impl Read + Send + 'static, to: Arc<Mutex<File>>, sender: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let mut file = to.lock().unwrap_or_else(PoisonError::into_inner);
            // A log that cannot be written must not stop what is logged.
            let _ = writeln!(file, "{line}");
            let _ = sender.send(line);
        }
    });
}

/// Asks every program to end, the last one first, and ends those that do not.
fn stop(running: &Running) {
    let mut children = lock(running);
    for (_, child) in children.iter_mut().rev() {
        ask_to_end(child);
    }
    let deadline = Instant::now() + PATIENCE;
    for (_, child) in children.iter_mut() {
        while Instant::now() < deadline && matches!(child.try_wait(), Ok(None)) {
            thread::sleep(MOMENT);
        }
        kill_with_all_it_started(child);
        let _ = child.wait();
    }
    children.clear();
}

/// Rust can only kill, and the Workers want to close their files first.
#[cfg(unix)]
fn ask_to_end(child: &Child) {
    use nix::sys::signal::{Signal, kill};
    if let Some(group) = group(child) {
        let _ = kill(group, Signal::SIGTERM);
    }
}

#[cfg(not(unix))]
fn ask_to_end(_child: &Child) {}

/// A program that has ended may have left others: the group lives as long as one of them.
#[cfg(unix)]
fn kill_with_all_it_started(child: &mut Child) {
    use nix::sys::signal::{Signal, killpg};
    if let Some(group) = group(child) {
        let _ = killpg(group, Signal::SIGKILL);
    }
}

#[cfg(not(unix))]
fn kill_with_all_it_started(child: &mut Child) {
    let _ = child.kill();
}

/// The first process of a group gives it its number.
#[cfg(unix)]
fn group(child: &Child) -> Option<nix::unistd::Pid> {
    let id = i32::try_from(child.id()).ok()?;
    Some(nix::unistd::Pid::from_raw(id))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::Repository;

    /// Runs a script of the shell until it says `ready`, and stops it.
    fn stopped(script: &str) -> (Vec<String>, Duration) {
        let logs = std::env::temp_dir().join(format!("pennon-children-{}", std::process::id()));
        std::fs::create_dir_all(&logs).unwrap();
        let children = Children {
            running: Running::default(),
            logs,
        };
        let repository = Repository::find().unwrap();
        let process = Process::new(&repository, "sh").args(["-c", script]);
        let lines = children
            .start(&format!("n{}", script.len()), process)
            .unwrap();
        let mut said = Vec::new();
        while said.last().is_none_or(|line| line != "ready") {
            said.push(lines.recv_timeout(PATIENCE).unwrap());
        }
        let start = Instant::now();
        drop(children);
        let took = start.elapsed();
        // The lines come through a thread, which ends with the last of them.
        while let Ok(line) = lines.recv_timeout(PATIENCE) {
            said.push(line);
        }
        (said, took)
    }

    #[test]
    fn a_program_is_asked_before_it_is_killed() {
        let (said, took) =
            stopped("trap 'echo asked; exit 0' TERM; echo ready; while :; do sleep 0.1; done");
        assert_eq!(said, ["ready", "asked"]);
        assert!(took < PATIENCE, "{took:?}");
    }

    #[test]
    fn what_a_program_started_ends_with_it() {
        let (said, took) = stopped("sleep 300 & echo $!; echo ready; wait");
        assert!(took < PATIENCE, "{took:?}");
        let status = format!("/proc/{}/stat", said[0]);
        if !Path::new("/proc/self/stat").exists() {
            return;
        }
        let is_gone =
            || std::fs::read_to_string(&status).map_or(true, |stat| stat.contains(") Z "));
        let deadline = Instant::now() + PATIENCE;
        while !is_gone() {
            assert!(Instant::now() < deadline, "{} is still there", said[0]);
            thread::sleep(MOMENT);
        }
    }
}
