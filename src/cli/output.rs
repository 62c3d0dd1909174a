//! Where output goes: standard output, or a file that appears only when it is complete.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Standard output or a file.
pub(super) struct Output {
    to: To,
    broken: bool,
}

enum To {
    Stdout(BufWriter<io::Stdout>),
    /// A device or a pipe, which cannot be replaced.
    Device(BufWriter<File>),
    File(Replacement),
}

/// A file beside the one that it will replace; it is removed unless it is put in place.
struct Replacement {
    file: BufWriter<File>,
    temporary: PathBuf,
    target: PathBuf,
    placed: bool,
}

impl Output {
    /// Opens `path`, or standard output where there is none.
    pub(super) fn open(path: Option<&Path>) -> io::Result<Self> {
        let to = match path {
            None => To::Stdout(BufWriter::new(io::stdout())),
            Some(path) if fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir()) => {
                To::Device(BufWriter::new(OpenOptions::new().write(true).open(path)?))
            }
            Some(path) => To::File(Replacement::open(path)?),
        };
        Ok(Self { to, broken: false })
    }

    /// The reader of a pipe has gone; what is written goes nowhere, and that is no error.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Completes the output; a file is in place afterwards.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        match self.to {
            To::Stdout(_) | To::Device(_) => Ok(()),
            To::File(replacement) => replacement.place(),
        }
    }

    fn writer(&mut self) -> &mut dyn Write {
        match &mut self.to {
            To::Stdout(stdout) => stdout,
            To::Device(file) => file,
            To::File(replacement) => &mut replacement.file,
        }
    }

    /// Turns the end of a pipe into silence.
    fn unless_broken<T>(&mut self, result: io::Result<T>, silent: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.broken = true;
                Ok(silent)
            }
            other => other,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.broken {
            return Ok(bytes.len());
        }
        let written = self.writer().write(bytes);
        self.unless_broken(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.broken {
            return Ok(());
        }
        let flushed = self.writer().flush();
        self.unless_broken(flushed, ())
    }
}

impl Replacement {
    fn open(path: &Path) -> io::Result<Self> {
        // A link keeps pointing where it points; the file behind it is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let name = target.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file name"))?;
        if target.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        let mut hidden = OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}.part", std::process::id()));
        let temporary = target.with_file_name(hidden);
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        Ok(Self { file: BufWriter::new(file), temporary, target, placed: false })
    }

    /// Whoever reads the file sees all of the old one or all of the new one. That it is on the disk is not waited for:
    /// after a power failure a report can be made again.
    fn place(mut self) -> io::Result<()> {
        fs::rename(&self.temporary, &self.target)?;
        self.placed = true;
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if !self.placed {
            // The output is incomplete and the error that made it so is reported already.
            drop(fs::remove_file(&self.temporary));
        }
    }
}
