//! The bucketing primitive of the core, with all algorithms.

use js_sys::{Reflect, Uint8Array};
use pennon_ruleset::{BucketAnswer, BucketRequest};
use wasm_bindgen::{JsCast, JsError, JsValue};

use crate::value;

pub(crate) fn bucket(request: &JsValue) -> Result<BucketAnswer, JsValue> {
    // Bytes would become an object of digits on the way through JSON.
    let unit = Reflect::get(request, &JsValue::from_str("unit"))?;
    let bytes = unit.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec);
    let request: BucketRequest =
        serde_json::from_value(value::json(request)?).map_err(JsError::from)?;
    let request = BucketRequest { bytes, ..request };
    pennon_ruleset::bucket(&request).map_err(|error| JsError::new(&error).into())
}
