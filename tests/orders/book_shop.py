"""A small made-up shop with customers and orders, for tests of an order book."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

NOW = datetime.fromisoformat("2026-11-01T12:00:00+08:00")
FILES = {
    "shop.yaml": """\
id: pens
name: {en: Pens and Lamps, zh: 笔与灯}
currency: CNY
timezone: Asia/Shanghai
locales: [zh, en]
clock: 2026-11-01T12:00:00+08:00
rules:
  cancel: {statuses: [pending_payment, paid], within_minutes: 30, reasons: [{id: mistake, en: By mistake, zh: 拍错了}]}
  return: {statuses: [delivered], within_days: 7, refund_to: [original, gift_card]}
  exchange: {statuses: [delivered], within_days: 15, same_product: true}
  modify_items: {statuses: [paid], same_product: true}
  change_address: {statuses: [paid]}
  change_payment: {statuses: [paid]}
""",
    "faq/faq.yaml": "- {id: a, q: {en: [What is open?]}, a: {en: The shop is open.}}\n",
    "products.yaml": """\
- id: lamp
  name: {en: Lamp, zh: 台灯}
  variants:
    - {sku: LAMP-BLK, options: {color: black}, price: 189, stock: 5}
    - {sku: LAMP-WHT, options: {color: white}, price: 199.5, stock: 1}
    - {sku: LAMP-GRN, options: {color: green}, price: 189, stock: 0}
- {id: PEN, name: {en: Pen, zh: 钢笔}, price: 12.5}
""",
    "data/customers.csv": """\
id,name,email,phone,locale,joined_at,tier,recipient,address1,address2,district,city,region,country,postcode,marketing_consent,shoe
C1,林晓岚,lin@example.com,+8617000000101,zh,2024-03-18,gold,林晓岚,文三路268号,4幢,西湖区,杭州市,浙江省,CN,310012,true,38
C2,Ann O'Hara,ann@example.com,+15550100,en,2024-11-02,,Ann,14 Rose Lane,,,Bristol,Bristol,GB,BS1 4QA,false,
C3,,,,,,,,,,,,,,,,
""",
    "data/payment_methods.csv": """\
id,customer_id,kind,label,balance
K1,C1,card,Card 6018,
G1,C1,gift_card,Gift card 7721,300.00
K2,C2,card,Card 1111,5
""",
    "data/orders.csv": """\
id,customer_id,placed_at,status,payment_method_id,recipient,phone,address1,address2,district,city,region,country,postcode,delivered_at,shipping_fee,discount,total,note
A100,C1,2026-11-01T11:50:00+08:00,paid,K1,林晓岚,+8617000000101,文三路268号,4幢,西湖区,杭州市,浙江省,CN,310012,,0,14,,轻放
#A101,C1,2026-10-20T09:00:00,delivered,K1,林晓岚,+8617000000101,文三路268号,4幢,西湖区,杭州市,浙江省,CN,310012,2026-10-28T10:00:00,10,0,388.00,
A102,C1,2026-09-01T09:00:00Z,pending_payment,G1,林晓岚,,文三路268号,,,杭州市,浙江省,CN,310012,,0,0,,
Case1,C1,2026-08-01,cancelled,K1,林,,x,,,杭州市,浙江省,CN,,,0,0,,
case1,C1,2026-08-02,cancelled,K1,林,,x,,,杭州市,浙江省,CN,,,0,0,,
B200,C2,2026-11-01T11:55:00+08:00,paid,K2,Ann,+15550100,14 Rose Lane,,,Bristol,Bristol,GB,BS1 4QA,,0,0,,
B201,C2,2026-10-20T09:00:00+08:00,delivered,K2,Ann,+15550100,14 Rose Lane,,,Bristol,Bristol,GB,BS1 4QA,,0,0,,
""",
    "data/order_lines.csv": """\
order_id,line_no,sku,quantity,unit_price
A100,1,LAMP-BLK,1,189.00
A100,2,PEN,2,12.50
A101,1,LAMP-BLK,2,189.00
A102,1,PEN,1,12.50
Case1,1,PEN,1,12.50
case1,1,PEN,2,12.50
B200,1,LAMP-BLK,1,189.00
B201,1,LAMP-BLK,1,189.00
""",
    "data/shipments.csv": """\
order_id,carrier,tracking_no,status,shipped_at,estimated_at,delivered_at
A101,SF,SF1,delivered,2026-10-26T10:00:00+08:00,2026-10-29T10:00:00+08:00,2026-10-28T10:00:00+08:00
B201,SF,SF2,delivered,2026-10-27T10:00:00+08:00,,2026-10-28T22:00:00+08:00
""",
    "data/shipment_events.csv": """\
tracking_no,at,status,location,text_en,text_zh
SF1,2026-10-28T10:00:00+08:00,delivered,杭州,Delivered.,已签收。
SF1,2026-10-26T10:00:00+08:00,picked_up,杭州,Picked up.,
""",
    "data/events.csv": """\
at,customer_id,visitor_id,type,product_id,order_id,query,quantity,value
2026-10-01T10:00:00+08:00,C1,V1,search,,,台灯,,
2026-10-01T10:01:00+08:00,C1,V1,view,lamp,,,,
2026-10-01T10:02:00+08:00,,V2,rating,lamp,,,,4.5
2026-10-20T09:00:00+08:00,C1,,purchase,lamp,#A101,,2,378
""",
    "data/ratings.csv": "user,item,rating,timestamp\nC1,lamp,5,2026-10-30\nC2,PEN,3.5,\n",
}


def write_book_shop(folder: Path, **changed: str | None) -> Path:
    """The shop in `folder`; `changed` replaces data tables by name, None leaves one out."""
    files = FILES | {f"data/{name}.csv": text for name, text in changed.items()}
    for name, text in files.items():
        if text is not None:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    return folder
