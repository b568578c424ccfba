//! Borrows the values of arrays as columns, without a copy.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Date32Type, Decimal64Type, Decimal128Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, DictionaryArray, PrimitiveArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use crate::bulk::column::{Bits, Column, Keys, Offsets, Texts, Values};

/// Returns a column that borrows an array, or `None` if the type of the array allows only nulls.
pub(super) fn column(array: &dyn Array) -> Result<Option<Column<'_>>, String> {
    macro_rules! of {
        ($kind:ty, $variant:ident) => {
            Values::$variant(array.as_primitive::<$kind>().values())
        };
    }
    let places = |scale: i8| {
        u8::try_from(scale).map_err(|_| "it holds decimals with a scale below 0".to_owned())
    };
    let values = match array.data_type() {
        DataType::Null => return Ok(None),
        DataType::Int8 => of!(Int8Type, I8),
        DataType::Int16 => of!(Int16Type, I16),
        DataType::Int32 => of!(Int32Type, I32),
        DataType::Int64 => of!(Int64Type, I64),
        DataType::UInt8 => of!(UInt8Type, U8),
        DataType::UInt16 => of!(UInt16Type, U16),
        DataType::UInt32 => of!(UInt32Type, U32),
        DataType::UInt64 => of!(UInt64Type, U64),
        DataType::Float32 => of!(Float32Type, F32),
        DataType::Float64 => of!(Float64Type, F64),
        DataType::Date32 => of!(Date32Type, Dates),
        DataType::Decimal64(_, scale) => Values::Units {
            units: array.as_primitive::<Decimal64Type>().values(),
            places: places(*scale)?,
        },
        DataType::Decimal128(_, scale) => Values::Decimal {
            units: array.as_primitive::<Decimal128Type>().values(),
            places: places(*scale)?,
        },
        DataType::Boolean => {
            let bits = array.as_boolean().values();
            Values::Bits(Bits::new(bits.values(), bits.offset(), bits.len()))
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary => {
            Values::Texts(texts(array)?)
        }
        DataType::Dictionary(key, _) => return dictionary(array, key).map(Some),
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            Values::Lists {
                offsets: Offsets::I32(list.value_offsets()),
                items: texts(list.values().as_ref())?,
            }
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            Values::Lists {
                offsets: Offsets::I64(list.value_offsets()),
                items: texts(list.values().as_ref())?,
            }
        }
        other => {
            return Err(format!(
                "it is of type {other}, which cannot be read; give numbers, booleans, dates, texts or lists of texts"
            ));
        }
    };
    Ok(Some(with_nulls(Column::new(values), array.nulls())))
}

fn with_nulls<'a>(column: Column<'a>, nulls: Option<&'a NullBuffer>) -> Column<'a> {
    match nulls {
        Some(nulls) if nulls.null_count() > 0 => {
            let bits = nulls.inner();
            column.with_validity(Bits::new(bits.values(), bits.offset(), bits.len()))
        }
        _ => column,
    }
}

/// Returns whether texts can be borrowed from arrays of a type.
pub(super) fn are_texts(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary
    )
}

fn texts(array: &dyn Array) -> Result<Texts<'_>, String> {
    match array.data_type() {
        DataType::Utf8 => {
            let texts = array.as_string::<i32>();
            Ok(Texts::Joined {
                offsets: Offsets::I32(texts.value_offsets()),
                bytes: texts.value_data(),
            })
        }
        DataType::LargeUtf8 => {
            let texts = array.as_string::<i64>();
            Ok(Texts::Joined {
                offsets: Offsets::I64(texts.value_offsets()),
                bytes: texts.value_data(),
            })
        }
        DataType::Binary => {
            let texts = array.as_binary::<i32>();
            Ok(Texts::Joined {
                offsets: Offsets::I32(texts.value_offsets()),
                bytes: texts.value_data(),
            })
        }
        DataType::LargeBinary => {
            let texts = array.as_binary::<i64>();
            Ok(Texts::Joined {
                offsets: Offsets::I64(texts.value_offsets()),
                bytes: texts.value_data(),
            })
        }
        other => Err(format!("it holds values of type {other}, not texts")),
    }
}

fn dictionary<'a>(array: &'a dyn Array, key: &DataType) -> Result<Column<'a>, String> {
    fn of<'a, K: ArrowDictionaryKeyType>(
        array: &'a dyn Array,
        keys: impl Fn(&'a [K::Native]) -> Keys<'a>,
    ) -> Result<Column<'a>, String> {
        let dictionary: &'a DictionaryArray<K> = array.as_dictionary::<K>();
        let own: &'a PrimitiveArray<K> = dictionary.keys();
        let values = texts(dictionary.values().as_ref())?;
        Ok(with_nulls(
            Column::new(Values::Dictionary {
                keys: keys(own.values()),
                values,
            }),
            own.nulls(),
        ))
    }
    match key {
        DataType::Int8 => of::<Int8Type>(array, Keys::I8),
        DataType::Int16 => of::<Int16Type>(array, Keys::I16),
        DataType::Int32 => of::<Int32Type>(array, Keys::I32),
        DataType::Int64 => of::<Int64Type>(array, Keys::I64),
        DataType::UInt8 => of::<UInt8Type>(array, Keys::U8),
        DataType::UInt16 => of::<UInt16Type>(array, Keys::U16),
        DataType::UInt32 => of::<UInt32Type>(array, Keys::U32),
        _ => of::<UInt64Type>(array, Keys::U64),
    }
}
