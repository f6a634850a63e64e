//! Reading tar archives (ustar, with the long names of GNU and pax): names and bytes of plain files, nothing else.
//!
//! Links, devices and folders are passed over, and nothing is ever written: a name is only a name.

use meridian_model::both;
use meridian_model::language::Both;

use std::io::Read;

use super::Limits;

const BLOCK: usize = 512;
/// A long name, or the attributes of one file.
const LONGEST_NAME: u64 = 64 * 1024;

pub(super) struct Archive<'l, R> {
    from: R,
    limits: &'l Limits,
    read: u64,
    files: usize,
}

pub(super) struct File {
    pub(super) name: String,
    /// Only of files that are wanted.
    pub(super) bytes: Option<Vec<u8>>,
}

impl<'l, R: Read> Archive<'l, R> {
    pub(super) fn new(from: R, limits: &'l Limits) -> Self {
        Self { from, limits, read: 0, files: 0 }
    }

    /// The next plain file; `None` at the end.
    pub(super) fn next(&mut self, is_wanted: impl Fn(&str) -> bool) -> Result<Option<File>, Both> {
        let mut long_name: Option<String> = None;
        loop {
            let mut header = [0; BLOCK];
            if !self.block(&mut header)? || header.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            if !is_whole(&header) {
                return Err(both!("this is no tar archive, or it is damaged", "不是 tar 包，或已损坏"));
            }
            let size = number(field(&header, 124, 12))
                .ok_or_else(|| both!("a file of the archive has no size", "包中有文件没有大小"))?;
            let padded = size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64);
            let kind = header.get(156).copied().unwrap_or_default();
            match kind {
                b'L' | b'x' => {
                    let bytes = self.take(size, padded, LONGEST_NAME)?;
                    let name = if kind == b'L' { Some(lossy(&bytes)) } else { pax_path(&bytes) };
                    long_name = name.or(long_name);
                }
                b'0' | 0 => {
                    self.files += 1;
                    if self.files > self.limits.files {
                        return Err(both!(
                            "the archive has more than {} files",
                            "包中文件超过 {} 个",
                            self.limits.files
                        ));
                    }
                    let name = long_name.take().unwrap_or_else(|| plain_name(&header));
                    let name = name.trim_start_matches("./").to_owned();
                    let bytes = if is_wanted(&name) {
                        Some(
                            self.take(size, padded, self.limits.file)
                                .map_err(|says| both!("{name}: {}", "{name}：{}", says))?,
                        )
                    } else {
                        self.skip(padded)?;
                        None
                    };
                    return Ok(Some(File { name, bytes }));
                }
                _ => {
                    long_name = None;
                    self.skip(padded)?;
                }
            }
        }
    }

    /// One block; false at the end of the archive.
    fn block(&mut self, into: &mut [u8; BLOCK]) -> Result<bool, Both> {
        self.count(BLOCK as u64)?;
        let mut filled = 0;
        while let Some(rest) = into.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self
                .from
                .read(rest)
                .map_err(|error| both!("the archive can't be unpacked: {error}", "包无法解压：{error}"))?
            {
                0 if filled == 0 => return Ok(false),
                0 => return Err(both!("the archive ends in the middle of a file", "包不完整")),
                count => filled += count,
            }
        }
        Ok(true)
    }

    fn take(&mut self, size: u64, padded: u64, most: u64) -> Result<Vec<u8>, Both> {
        if size > most {
            return Err(both!("a file of the archive has more than {} kB", "包中有文件超过 {} kB", most >> 10));
        }
        self.count(padded)?;
        let mut bytes = Vec::new();
        let read = (&mut self.from).take(padded).read_to_end(&mut bytes);
        let read = read.map_err(|error| both!("the archive can't be unpacked: {error}", "包无法解压：{error}"))?;
        if (read as u64) < size {
            return Err(both!("the archive ends in the middle of a file", "包不完整"));
        }
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(bytes)
    }

    fn skip(&mut self, padded: u64) -> Result<(), Both> {
        self.count(padded)?;
        let copied = std::io::copy(&mut (&mut self.from).take(padded), &mut std::io::sink());
        copied.map_err(|error| both!("the archive can't be unpacked: {error}", "包无法解压：{error}"))?;
        Ok(())
    }

    /// What a file says of its size is believed only up to the limit, before a byte of it is unpacked.
    fn count(&mut self, bytes: u64) -> Result<(), Both> {
        self.read = self.read.saturating_add(bytes);
        if self.read > self.limits.unpacked {
            return Err(both!(
                "the archive unfolds to more than {} MB",
                "包解压后超过 {} MB",
                self.limits.unpacked >> 20
            ));
        }
        Ok(())
    }
}

fn field(header: &[u8; BLOCK], start: usize, length: usize) -> &[u8] {
    header.get(start..start + length).unwrap_or_default()
}

/// Octal digits, or the base-256 that GNU writes for large sizes.
fn number(field: &[u8]) -> Option<u64> {
    let (&first, rest) = field.split_first()?;
    if first & 0x80 != 0 {
        return rest
            .iter()
            .try_fold(u64::from(first & 0x7f), |sum, byte| sum.checked_mul(256)?.checked_add(u64::from(*byte)));
    }
    let digits = field.iter().skip_while(|byte| **byte == b' ').take_while(|byte| byte.is_ascii_digit());
    digits.into_iter().try_fold(0_u64, |sum, digit| {
        let digit = u64::from(digit - b'0');
        if digit > 7 { None } else { sum.checked_mul(8)?.checked_add(digit) }
    })
}

/// The sum of all bytes of a header, with blanks for the sum itself.
fn is_whole(header: &[u8; BLOCK]) -> bool {
    let said = number(field(header, 148, 8));
    let sum: u64 =
        header.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) }).sum();
    said == Some(sum)
}

fn plain_name(header: &[u8; BLOCK]) -> String {
    let name = lossy(field(header, 0, 100));
    let is_ustar = field(header, 257, 5) == b"ustar";
    let prefix = if is_ustar { lossy(field(header, 345, 155)) } else { String::new() };
    if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
}

/// The text up to the first zero.
fn lossy(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// `path` among the attributes of pax: lines `LENGTH key=value`.
fn pax_path(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    text.lines().find_map(|line| line.split_once(' ')?.1.strip_prefix("path=").map(str::to_owned))
}
