//! What a process took so far, for tables of measurements. It is known on Linux, where a process can ask.
#![allow(clippy::float_arithmetic, reason = "it is for tables that people read")]

/// Returns the most memory that the process had at a time, in MiB.
pub fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap_or_default();
    let kilobytes = line.trim().trim_end_matches(" kB").parse::<f64>();
    kilobytes.unwrap_or_default() / 1024.0
}
