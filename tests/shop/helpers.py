"""Writes small shop folders for the tests, and reads what the checker says about them."""

from __future__ import annotations

import os
from pathlib import Path

from bot.shop.folder import check_shop

SHOP = """\
id: tiny
name: {en: Tiny, zh: 小店}
currency: CNY
timezone: Asia/Shanghai
locales: [zh, en]
"""
FAQ = """\
- id: opening
  q: {en: [When are you open?], zh: [几点开门]}
  a: {en: From nine to nine., zh: 九点到九点。}
"""
PRODUCTS = """\
- id: mug
  name: {en: Mug, zh: 杯子}
  category: kitchen
  variants:
    - {sku: mug-s, options: {size: S}, price: 10.00, stock: 3}
    - {sku: mug-m, options: {size: M}, price: 12.50, stock: 0}
- id: lamp
  name: Lamp
  category: lighting
  price: 99
  stock: 5
"""
DATA = {
    "data/customers.csv": """\
id,name,email,phone,locale,joined_at,tier,recipient,address1,address2,district,city,region,country,postcode,marketing_consent
c1,李雷,li@example.com,13800000000,zh,2026-01-02,silver,李雷,文三路1号,,西湖区,杭州,浙江,CN,310000,true
c2,Ann,ann@example.com,,en,2026-02-03T10:00:00+08:00,regular,Ann,1 Main St,Flat 2,,Singapore,,SG,018956,false
""",
    "data/payment_methods.csv": """\
id,customer_id,kind,label,balance
p1,c1,alipay,支付宝,
g1,c1,gift_card,Gift card,50.00
p2,c2,card,Visa 1111,
""",
    "data/orders.csv": """\
id,customer_id,placed_at,status,payment_method_id,recipient,phone,address1,address2,district,city,region,country,postcode,delivered_at,shipping_fee,discount,total,note
o1,c1,2026-10-01T10:00:00,delivered,p1,李雷,13800000000,文三路1号,,西湖区,杭州,浙江,CN,310000,2026-10-03T12:00:00,8.00,2.00,28.50,
o2,c2,2026-10-31T10:00:00+08:00,paid,p2,Ann,,1 Main St,,,Singapore,,SG,018956,,,,99.00,"ring, twice"
""",
    "data/order_lines.csv": """\
order_id,line_no,sku,quantity,unit_price
o1,1,mug-s,1,10.00
#o1,2,mug-m,1,12.50
o2,1,lamp,1,99
""",
    "data/shipments.csv": """\
order_id,carrier,tracking_no,status,shipped_at,estimated_at,delivered_at
o1,SF,SF1,delivered,2026-10-02T09:00:00,2026-10-04,2026-10-03T12:00:00
""",
    "data/shipment_events.csv": """\
tracking_no,at,status,location,text_en,text_zh
SF1,2026-10-02T09:00:00,shipped,杭州,Shipped,已发货
""",
    "data/events.csv": """\
at,customer_id,visitor_id,type,product_id,order_id,query,quantity,value
2026-10-01T09:00:00,c1,,view,mug,,,,
2026-10-01T10:00:00,c1,,purchase,mug,o1,,1,10.00
2026-10-01T10:00:00,,v1,search,,,台灯,,
""",
    "data/ratings.csv": """\
user,item,rating,timestamp
c1,mug,4.5,2026-10-05
""",
}
MINIMAL = {"shop.yaml": SHOP, "faq/faq.yaml": FAQ}
FULL = {**MINIMAL, "products.yaml": PRODUCTS, **DATA}


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Writes `files` by relative name under `folder`."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def found(folder: Path) -> list[str]:
    """What the checker says, one line a problem, as the command prints it."""
    return [str(problem) for problem in check_shop(folder)]


def replaced(files: dict[str, str], name: str, old: str, new: str) -> dict[str, str]:
    """`files` with one passage of one file replaced; the passage must be there once."""
    assert files[name].count(old) == 1, (name, old)
    return {**files, name: files[name].replace(old, new)}


def may_read_anything() -> bool:
    """Whether file modes do not bind this process (root)."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
