//! A search that takes too long is given up, and point reads go on meanwhile.

use std::time::{Duration, Instant};

use meridian_store::{Store, StoreError, StoreOptions};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_that_wait_do_not_hold_up_point_reads() {
    let dir = tempfile::tempdir().unwrap();
    let options = StoreOptions { readers: 1, searches: 2, ..StoreOptions::default() };
    let store = Store::open(crate::common::home(dir.path()), &options).unwrap();
    let mut slow = Vec::new();
    for _ in 0..8 {
        let store = store.clone();
        slow.push(tokio::spawn(async move {
            store
                .search::<_, StoreError>(|_| {
                    std::thread::sleep(Duration::from_millis(300));
                    Ok(())
                })
                .await
        }));
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let began = Instant::now();
    for _ in 0..100 {
        store.read::<_, StoreError>(|reader| reader.setting("x")).unwrap();
    }
    let read = began.elapsed();
    for one in slow {
        one.await.unwrap().unwrap();
    }
    assert!(read < began.elapsed(), "eight searches over two connections take four rounds; the reads waited for none");
    assert!(read < Duration::from_millis(900), "{read:?}");
}
