fn main() {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path).unwrap();
        match threshold_matrix::Matrix::from_named_yaml(&path, &bytes) {
            Ok(m) => {
                let ex = m.run_examples();
                println!("{path}: ok, {} examples, {}", ex.len(), m.content_hash());
                for e in ex.iter().filter(|e| !e.differences.is_empty()) { println!("  {} {}: {:?}", e.place, e.title, e.differences); }
            }
            Err(d) => println!("{d}"),
        }
    }
}
