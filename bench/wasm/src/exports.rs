//! What JavaScript calls: numbers in, numbers out.
