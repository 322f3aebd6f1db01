//! Where deliveries wait that a shard cannot take now. The consumer is in the control Worker.

use pennon_api::Delivery;
use worker::wasm_bindgen::JsValue;
use worker::{Queue, QueueContentType, RawMessageBuilder, Result};

/// Bytes of one message. The platform's limit is 128 000, and text is counted in UTF-8.
const MAX_MESSAGE_BYTES: usize = 100_000;

/// Returns only after the queue holds the whole delivery.
///
/// The pieces keep the ids of batch and events, so a piece that comes twice changes nothing.
pub(crate) async fn keep(queue: &Queue, delivery: Delivery) -> Result<()> {
    for message in pieces(delivery)? {
        let message = RawMessageBuilder::new(JsValue::from_str(&message))
            .build_with_content_type(QueueContentType::Text);
        queue.send_raw(message).await?;
    }
    Ok(())
}

/// The delivery as messages, cut until each is small enough.
fn pieces(delivery: Delivery) -> Result<Vec<String>> {
    let mut waiting = vec![delivery];
    let mut messages = Vec::new();
    while let Some(mut piece) = waiting.pop() {
        let text = serde_json::to_string(&piece)?;
        if text.len() <= MAX_MESSAGE_BYTES || piece.copies.len() < 2 {
            messages.push(text);
            continue;
        }
        let copies = piece.copies.split_off(piece.copies.len() / 2);
        waiting.push(Delivery {
            copies,
            dropped: 0,
            ..piece.clone()
        });
        waiting.push(piece);
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pennon_api::EventCopy;

    fn delivery(copies: u32, line_bytes: usize) -> Delivery {
        let copy = |index| EventCopy {
            index,
            id: format!("{index:032x}"),
            at: 0,
            unit_type: "user".into(),
            unit_id: "u".into(),
            hash: index,
            exposure: None,
            track: None,
            merge: None,
            line: Some("x".repeat(line_bytes)),
        };
        Delivery {
            environment: "env_a".into(),
            pepper: "00".into(),
            shard: 0,
            shards: 1,
            batch: "00".into(),
            received_at: 1,
            dropped: 7,
            definitions: String::new(),
            definitions_body: None,
            copies: (0..copies).map(copy).collect(),
        }
    }

    fn check(copies: u32, line_bytes: usize) {
        let messages = pieces(delivery(copies, line_bytes)).unwrap();
        assert!(messages.iter().all(|text| text.len() <= MAX_MESSAGE_BYTES));
        let pieces: Vec<Delivery> = messages
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect();
        let indexes = pieces.iter().flat_map(|piece| &piece.copies);
        let indexes: Vec<u32> = indexes.map(|copy| copy.index).collect();
        assert_eq!(indexes, (0..copies).collect::<Vec<_>>());
        assert_eq!(pieces.iter().map(|piece| piece.dropped).sum::<u64>(), 7);
        assert!(pieces.iter().all(|piece| piece.batch == "00"));
    }

    #[test]
    fn messages_are_small_and_together_the_delivery() {
        check(0, 0);
        check(1, 8_000);
        check(500, 10);
        check(500, 1_000);
        check(31, 8_000);
    }
}
