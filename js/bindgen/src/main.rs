//! Writes the JavaScript around the module of WebAssembly: `bindgen MODULE FOLDER`. The published program for this fetches things over the network and
//! takes minutes to build; its library does what is needed here.

use std::process::ExitCode;

fn main() -> ExitCode {
    let [module, folder] =
        match <[String; 2]>::try_from(std::env::args().skip(1).collect::<Vec<_>>()) {
            Ok(arguments) => arguments,
            Err(_) => return said("bindgen MODULE FOLDER"),
        };
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen
        .input_path(module)
        .typescript(true)
        .omit_default_module_path(true)
        .remove_name_section(true);
    let written = bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => said(&format!("{error:#}")),
    }
}

fn said(words: &str) -> ExitCode {
    eprintln!("{words}");
    ExitCode::FAILURE
}
