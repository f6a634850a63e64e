//! The door over real sockets: order, limits, wrecks, shutdown.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use meridian_hl7v2::{Ack, Limits as ReadLimits, mllp::frame, read};
use meridian_mllp::{Answer, Client, ClientError, Limits, Listener, MessageHandler, Peer, Stats, client::ack_code};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(10);

/// Accepts everything, remembers the order, sleeps or panics when a message asks for it.
#[derive(Default)]
struct Recorder {
    seen: Mutex<Vec<String>>,
}

impl MessageHandler for Recorder {
    fn receive(&self, _: Peer, raw: Bytes) -> Answer<'_> {
        Box::pin(async move {
            let message =
                read(&raw, &ReadLimits::default(), meridian_hl7v2::Assumed::Nothing).expect("a message").message;
            let id = message.control_id().unwrap_or_default();
            assert!(id != "panic", "asked to");
            if id.starts_with("slow") {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            self.seen.lock().unwrap().push(id);
            Ack::accept().answer(&message, "20260301", "1").to_bytes(meridian_hl7v2::Charset::Utf8).0.into()
        })
    }
}

struct Door {
    address: SocketAddr,
    recorder: Arc<Recorder>,
    stop: CancellationToken,
    task: JoinHandle<()>,
    stats: Box<dyn Fn() -> Stats>,
}

async fn door(limits: Limits) -> Door {
    let listener = Listener::bind("127.0.0.1:0", limits).await.unwrap();
    let (recorder, stop) = (Arc::new(Recorder::default()), CancellationToken::new());
    let (address, stats) = (listener.address(), Box::new(listener.stats()));
    let task = tokio::spawn(listener.serve(recorder.clone(), stop.clone()));
    Door { address, recorder, stop, task, stats }
}

fn message(id: &str) -> Vec<u8> {
    format!("MSH|^~\\&|HIS|CJ01|M|CJ00|20260301||ADT^A01|{id}|P|2.5.1\rPID|1\r").into_bytes()
}

#[tokio::test]
async fn messages_are_answered_in_order() {
    let door = door(Limits::default()).await;
    let mut client = Client::connect(door.address, PATIENCE).await.unwrap();
    // Three at once: the slow first one must still be answered first.
    let burst = [frame(&message("slow1")), frame(&message("2")), frame(&message("3"))].concat();
    client.send_raw(&burst).await.unwrap();
    for id in ["slow1", "2", "3"] {
        let answer = client.answer().await.unwrap();
        assert!(String::from_utf8_lossy(&answer).contains(&format!("MSA|AA|{id}\r")));
    }
    assert_eq!(*door.recorder.seen.lock().unwrap(), ["slow1", "2", "3"]);
    // Byte by byte, with rubbish in front.
    for byte in [b"noise".to_vec(), frame(&message("4"))].concat() {
        client.send_raw(&[byte]).await.unwrap();
    }
    assert_eq!(ack_code(&client.answer().await.unwrap()), "AA");
}

#[tokio::test]
async fn wrecks_get_a_rejection_where_a_header_can_be_seen() {
    let door = door(Limits { message: 1000, ..Limits::default() }).await;
    // A half frame, then another begins: refused, and the connection goes on.
    let mut client = Client::connect(door.address, PATIENCE).await.unwrap();
    client.send_raw(&[b"\x0b".as_slice(), &message("half")].concat()).await.unwrap();
    client.send_raw(&frame(&message("whole"))).await.unwrap();
    assert_eq!(ack_code(&client.answer().await.unwrap()), "AR");
    assert_eq!(ack_code(&client.answer().await.unwrap()), "AA");
    // A half frame at the end of the stream.
    client.send_raw(&[b"\x0b".as_slice(), &message("cut")].concat()).await.unwrap();
    client.finish().await.unwrap();
    assert_eq!(ack_code(&client.answer().await.unwrap()), "AR");
    // Too large: refused and closed.
    let mut client = Client::connect(door.address, PATIENCE).await.unwrap();
    let mut large = message("large");
    large.resize(100_000, b'x');
    let answer = client.send(&large).await.unwrap();
    assert!(String::from_utf8_lossy(&answer).contains("MSA|AR|large|message too large"));
    assert!(matches!(client.answer().await, Err(ClientError::Closed | ClientError::Io(_))));
    // Rubbish without a header: closed without an answer.
    let mut client = Client::connect(door.address, PATIENCE).await.unwrap();
    client.send_raw(&vec![b'z'; 10_000]).await.unwrap();
    assert!(matches!(client.answer().await, Err(ClientError::Closed | ClientError::Io(_))));
    assert_eq!(*door.recorder.seen.lock().unwrap(), ["whole"]);
}

#[tokio::test]
async fn a_hundred_megabytes_stay_outside() {
    let door = door(Limits { message: 1 << 20, ..Limits::default() }).await;
    let mut client = Client::connect(door.address, PATIENCE).await.unwrap();
    client.send_raw(&[b"\x0b".as_slice(), &message("huge")].concat()).await.unwrap();
    let chunk = vec![b'A'; 1 << 20];
    for _ in 0..100 {
        if client.send_raw(&chunk).await.is_err() {
            break; // closed on us, as it should be
        }
    }
    assert_eq!((door.stats)().received, 0);
    // The door is as before for others.
    let mut other = Client::connect(door.address, PATIENCE).await.unwrap();
    assert_eq!(ack_code(&other.send(&message("after")).await.unwrap()), "AA");
}

#[tokio::test]
async fn half_read_messages_share_a_budget() {
    let door = door(Limits { total_bytes: 256 << 10, ..Limits::default() }).await;
    let part = [b"\x0b".as_slice(), &message("part"), &vec![b'A'; 200 << 10]].concat();
    let mut first = Client::connect(door.address, PATIENCE).await.unwrap();
    first.send_raw(&part).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut second = Client::connect(door.address, PATIENCE).await.unwrap();
    second.send_raw(&part).await.unwrap();
    let answer = second.answer().await.unwrap();
    assert!(String::from_utf8_lossy(&answer).contains("MSA|AR|part|too much at once"));
    // The first one is not disturbed.
    first.send_raw(b"\x1c\r").await.unwrap();
    assert_eq!(ack_code(&first.answer().await.unwrap()), "AA");
}

#[tokio::test]
async fn connections_are_limited_and_idle_ones_closed() {
    let limits = Limits { connections_per_peer: 2, idle: Duration::from_millis(300), ..Limits::default() };
    let door = door(limits).await;
    let mut one = Client::connect(door.address, PATIENCE).await.unwrap();
    let mut two = Client::connect(door.address, PATIENCE).await.unwrap();
    assert_eq!(ack_code(&one.send(&message("1")).await.unwrap()), "AA");
    assert_eq!(ack_code(&two.send(&message("2")).await.unwrap()), "AA");
    let mut three = Client::connect(door.address, PATIENCE).await.unwrap();
    assert!(three.send(&message("3")).await.is_err());
    assert_eq!((door.stats)(), Stats { open: 2, received: 2, refused: 1 });
    assert!(matches!(one.answer().await, Err(ClientError::Closed)), "idle");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!((door.stats)().open, 0);
    let mut four = Client::connect(door.address, PATIENCE).await.unwrap();
    assert_eq!(ack_code(&four.send(&message("4")).await.unwrap()), "AA");
}

#[tokio::test]
async fn a_slow_frame_is_given_up() {
    let door = door(Limits { frame: Duration::from_millis(300), ..Limits::default() }).await;
    let mut client = Client::connect(door.address, PATIENCE).await.unwrap();
    client.send_raw(b"\x0bMSH|").await.unwrap();
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        if client.send_raw(b"x").await.is_err() {
            return;
        }
    }
    assert!(client.answer().await.is_err(), "one byte at a time keeps no connection");
}

#[tokio::test]
async fn a_failing_handler_costs_one_message() {
    let door = door(Limits::default()).await;
    let mut client = Client::connect(door.address, PATIENCE).await.unwrap();
    assert_eq!(ack_code(&client.send(&message("panic")).await.unwrap()), "AR");
    assert_eq!(ack_code(&client.send(&message("next")).await.unwrap()), "AA");
}

#[tokio::test]
async fn a_stop_lets_the_message_in_hand_be_answered() {
    let door = door(Limits::default()).await;
    let mut client = Client::connect(door.address, PATIENCE).await.unwrap();
    let mut idle = Client::connect(door.address, PATIENCE).await.unwrap();
    client.send_raw(&frame(&message("slow"))).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    door.stop.cancel();
    assert_eq!(ack_code(&client.answer().await.unwrap()), "AA");
    assert!(idle.answer().await.is_err());
    door.task.await.unwrap();
    assert!(Client::connect(door.address, PATIENCE).await.is_err(), "no longer listening");
}
