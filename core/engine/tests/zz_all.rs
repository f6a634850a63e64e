#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod searching;
use searching::{World, operator};
use serde_json::json;
#[tokio::test]
async fn all_types() {
    let world = World::new();
    let mut n = 0;
    for kind in meridian_model::definitions::Definitions::r4().resource_types() {
        let made = meridian_engine::create(&world.engine, &operator(), kind, json!({"resourceType": kind, "meta": {"tag": [{"code": "t"}], "profile": ["http://p"]}}), None).await;
        match made { Ok(_) => n += 1, Err(e) => println!("{kind}: {:?}", e.issues()) }
    }
    println!("{n} types");
    for q in ["_tag=t", "_id=x", "_tag=t&_profile=http://p", "_tag=t&_profile:below=http://p&_security:missing=true", "_filter=_id eq x or _tag eq t or not (_profile pr true)", "_content=x", "_lastUpdated=gt2020", "_sort=-_lastUpdated", "_tag:not=t", "_has:Provenance:target:_id=x", "_total=accurate&_count=3", "_tag=t&_source=x&_profile=y&_security=z,a,b,c", "_explain=true"] {
        let at = std::time::Instant::now();
        let found = world.find_as(&operator(), "", q).await;
        match found { Ok(a) => println!("{q}: {:?} {} in {:?}", a.total, a.hits.len(), at.elapsed()), Err(e) => println!("{q}: {:?} {:?}", e.issues(), at.elapsed()) }
    }
}
